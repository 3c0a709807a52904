import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entity } from './entity.ts';
import {
  getCompoundEntityRef,
  isFullEntityRef,
  isNormalEntityRef,
  parseEntityRef,
  parseFullEntityRef,
  stringifyEntityRef,
} from './entityRef.ts';
import { EntityRefError } from './errors.ts';
import { asciiLowerCase } from './letterCase.ts';

const kinds = fc.stringMatching(/^[a-zA-Z][a-z0-9A-Z]{0,62}$/);
const namespaces = fc.stringMatching(/^[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,2}$/);
const names = fc.stringMatching(/^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/);
const compounds = fc.record({ kind: kinds, namespace: namespaces, name: names });

const jane: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'Jane.Doe', namespace: 'default' },
};

describe('parseEntityRef', () => {
  it.each([
    ['user:default/jane', {}, { kind: 'user', namespace: 'default', name: 'jane' }],
    ['User:jane', {}, { kind: 'User', namespace: 'default', name: 'jane' }],
    ['jane', { defaultKind: 'User' }, { kind: 'User', namespace: 'default', name: 'jane' }],
    ['ns/jane', { defaultKind: 'User' }, { kind: 'User', namespace: 'ns', name: 'jane' }],
    ['jane', { defaultKind: 'User', defaultNamespace: 'x' }, { kind: 'User', namespace: 'x', name: 'jane' }],
    ['ns/a:b', { defaultKind: 'User' }, { kind: 'User', namespace: 'ns', name: 'a:b' }],
    ['user:a:b', {}, { kind: 'user', namespace: 'default', name: 'a:b' }],
    ['user:ns/a/b', {}, { kind: 'user', namespace: 'ns', name: 'a/b' }],
    [
      { name: 'jane@example.com', kind: 'User' },
      {},
      { kind: 'User', namespace: 'default', name: 'jane@example.com' },
    ],
  ])('reads %j with defaults %j', (ref, defaults, expected) => {
    expect(parseEntityRef(ref, defaults)).toEqual(expected);
  });

  it.each(['', ':', '/', 'user:', ':jane', 'user:/jane', 'user:default/', 'default/'])(
    'refuses %j, in which a part is empty',
    (ref) => {
      expect(() => parseEntityRef(ref, { defaultKind: 'User' })).toThrow(
        `Entity reference ${JSON.stringify(ref)} was not on the form [<kind>:][<namespace>/]<name>`,
      );
      expect(() => parseEntityRef(ref, { defaultKind: 'User' })).toThrow(TypeError);
    },
  );

  it.each([
    ['jane', 'had missing or empty kind'],
    [{ kind: '', name: 'jane' }, 'had missing or empty kind'],
    [{ kind: 'user', namespace: '', name: 'jane' }, 'had missing or empty namespace'],
    [{ kind: 'user', name: '' }, 'had missing or empty name'],
  ])('refuses %j: it %s', (ref, message) => {
    expect(() => parseEntityRef(ref)).toThrow(message);
    expect(() => parseEntityRef(ref)).toThrow(EntityRefError);
  });

  it('reads back what stringifyEntityRef wrote', () => {
    fc.assert(
      fc.property(compounds, (ref) => {
        const written = stringifyEntityRef(ref);
        expect(stringifyEntityRef(parseEntityRef(written))).toBe(written);
        expect(parseEntityRef(written)).toEqual({
          kind: asciiLowerCase(ref.kind),
          namespace: ref.namespace,
          name: asciiLowerCase(ref.name),
        });
      }),
    );
  });

  it('keeps every character of any text, and never answers with an empty part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let parsed;
        try {
          parsed = parseEntityRef(text, { defaultKind: 'K', defaultNamespace: 'N' });
        } catch (error) {
          expect(error).toBeInstanceOf(EntityRefError);
          return;
        }
        const { kind, namespace, name } = parsed;
        expect([kind, namespace, name]).not.toContain('');
        expect([name, `${namespace}/${name}`, `${kind}:${name}`, `${kind}:${namespace}/${name}`]).toContain(
          text,
        );
      }),
    );
  });
});

describe('parseFullEntityRef', () => {
  it('accepts every entity that the grammar allows, in any letter case, and answers in lower case', () => {
    fc.assert(
      fc.property(compounds, (ref) => {
        const written = stringifyEntityRef(ref);
        for (const form of [written, written.toUpperCase(), `${ref.kind}:${ref.namespace}/${ref.name}`]) {
          expect(stringifyEntityRef(parseFullEntityRef(form))).toBe(written);
          expect(isFullEntityRef(form)).toBe(true);
        }
        expect(parseFullEntityRef(ref)).toEqual(parseFullEntityRef(written));
      }),
    );
  });

  it('answers with a part of the grammar or refuses, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.string(), fc.string()).map(([a, b]) => `user:${a}/${b}`),
        ),
        (text) => {
          if (!isFullEntityRef(text)) return;
          expect(stringifyEntityRef(parseFullEntityRef(text))).toMatch(
            /^[a-z][a-z0-9]{0,62}:[a-z0-9-]{1,63}\/[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/,
          );
        },
      ),
    );
  });

  it.each([
    ['jane', 'names no kind'],
    ['user:jane', 'names no namespace'],
    ['default/jane', 'names no kind'],
    ['user:default/jane@example.com', 'has a name that no entity can have'],
    ['user:default/ja ne', 'has a name that no entity can have'],
    ['user:default/jane\n', 'has a name that no entity can have'],
    ['user:default/-jane', 'has a name that no entity can have'],
    ['user:default/a/b', 'has a name that no entity can have'],
    ['user:default/\u212Aim', 'has a name that no entity can have'],
    [`user:default/${'a'.repeat(64)}`, 'has a name that no entity can have'],
    ['user:de_fault/jane', 'has a namespace that no entity can have'],
    ['us-er:default/jane', 'has a kind that no entity can have'],
    ['1user:default/jane', 'has a kind that no entity can have'],
  ])('refuses %j: it %s', (ref, message) => {
    expect(() => parseFullEntityRef(ref)).toThrow(message);
    expect(isFullEntityRef(ref)).toBe(false);
  });

  it.each([undefined, null, 7, {}, ['user:default/jane']])('does not take %j for a reference', (value) => {
    expect(isFullEntityRef(value)).toBe(false);
  });
});

it('a namespace that is null, from JavaScript, is the default, as for Backstage', () => {
  const given = { kind: 'User', namespace: null as unknown as string, name: 'Jane' };
  expect(stringifyEntityRef(given)).toBe('user:default/jane');
  expect(stringifyEntityRef({ kind: 'User', name: 'Jane' })).toBe('user:default/jane');
});

describe('isNormalEntityRef', () => {
  const almost = fc.stringMatching(/^[a-zA-Z0-9_-]{0,3}:?[a-zA-Z0-9_.-]{0,4}\/?[a-zA-Z0-9_./:-]{0,5}$/);
  const long = fc
    .tuple(
      ...[62, 63, 64].map((length) => fc.constantFrom('a'.repeat(length), `${'a'.repeat(length - 1)}-`, 'b')),
    )
    .map(([kind, namespace, name]) => `${kind}:${namespace}/${name}`);
  const refs = fc.oneof(
    compounds.map(stringifyEntityRef),
    compounds.map(({ kind, namespace, name }) => `${kind}:${namespace}/${name}`),
    almost,
    long,
  );

  it('knows exactly what a reference becomes that was read and written', () => {
    const isReadAndWrittenSo = (ref: string): boolean => {
      try {
        return stringifyEntityRef(parseFullEntityRef(ref)) === ref;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(refs, (ref) => isNormalEntityRef(ref) === isReadAndWrittenSo(ref)),
      { numRuns: 2000 },
    );
  });

  it('takes no line break at the end, and no letter that lower case makes ASCII', () => {
    expect(['user:default/jane\n', 'user:default/\u212aim'].map(isNormalEntityRef)).toEqual([false, false]);
  });
});

describe('stringifyEntityRef', () => {
  it('writes an entity and its parts alike, in lower case', () => {
    expect(stringifyEntityRef(jane)).toBe('user:default/jane.doe');
    expect(stringifyEntityRef({ kind: 'User', name: 'Jane.Doe' })).toBe('user:default/jane.doe');
  });

  it('leaves letters beyond ASCII alone, so that no two identities fall together', () => {
    expect(stringifyEntityRef({ kind: 'User', name: '\u212Aim' })).not.toBe(
      stringifyEntityRef({ kind: 'User', name: 'kim' }),
    );
  });
});

describe('getCompoundEntityRef', () => {
  it('keeps the letter case and fills in the namespace', () => {
    expect(getCompoundEntityRef({ ...jane, metadata: { name: 'Jane.Doe' } })).toEqual({
      kind: 'User',
      namespace: 'default',
      name: 'Jane.Doe',
    });
  });
});
