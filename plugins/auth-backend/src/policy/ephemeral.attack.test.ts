/** Ephemeral identities: nobody gets one after a no, nobody gets another person's, nobody's name is somebody's of the catalog. */
import { describe, expect, it } from '@jest/globals';
import { NotAllowedError } from '@vestibule/backend-plugin-api';
import type { SignInResolver } from '@vestibule/plugin-auth-node';
import fc from 'fast-check';
import { createMemoryCatalog, person } from '../testing/memoryCatalog.ts';
import { createJudging, passing } from './testing/judging.ts';

const { evaluate } = createJudging({ onMissing: 'ephemeral' });
const kim = { profile: { email: 'kim@example.com' }, subject: 'sub-1', issuer: 'https://idp.example' };

describe('no ephemeral identity', () => {
  const twin = person('twin', 'kim@example.com');
  const catalog = createMemoryCatalog([twin, { ...twin, metadata: { ...twin.metadata, name: 'twin-2' } }]);
  const withTwins = createJudging({ catalog, onMissing: 'ephemeral' });

  it.each<[string, SignInResolver, string]>([
    ['a resolver denied', (_, ctx) => ctx.deny('left'), 'ERR_RESOLVER_DENIED'],
    [
      'a resolver refused with an error',
      () => {
        throw new Error('left');
      },
      'ERR_RESOLVER_DENIED',
    ],
    [
      'a resolver refused with the code of a missing address',
      () => {
        throw new NotAllowedError('ERR_PROFILE_NO_EMAIL', 'no address');
      },
      'ERR_PROFILE_NO_EMAIL',
    ],
    [
      'a resolver refused with the code of nobody',
      () => {
        throw new NotAllowedError('ERR_RESOLVER_NO_MATCH', 'nobody');
      },
      'ERR_RESOLVER_NO_MATCH',
    ],
    [
      'a domain was not allowed',
      () => {
        throw new NotAllowedError('ERR_GATE_DOMAIN', 'not from here');
      },
      'ERR_GATE_DOMAIN',
    ],
    [
      'a resolver has a fault',
      () => {
        throw new TypeError('undefined is not a function');
      },
      'ERR_RESOLVER_FAILED',
    ],
    ['a resolver answered nonsense', () => ({ verdict: 'Pass' }) as never, 'ERR_RESOLVER_RESULT_INVALID'],
    [
      'two users match',
      async (info, ctx) =>
        ctx.signInWithCatalogUser({ filter: { 'spec.profile.email': String(info.profile.email) } }),
      'ERR_AMBIGUOUS_MATCH',
    ],
  ])('comes of a login after %s', async (_, resolver, code) => {
    const judged = await withTwins.evaluate(kim, { resolvers: [passing, resolver, passing] });
    expect([judged.code, judged.sub]).toEqual([code, undefined]);
  });

  it('comes of a login whose resolver hangs', async () => {
    const budget = new AbortController();
    const hanging = async () => {
      budget.abort();
      return new Promise<never>(() => undefined);
    };
    const judged = await evaluate(kim, { resolvers: [hanging], signal: budget.signal });
    expect([judged.code, judged.sub]).toEqual(['ERR_RESOLVER_TIMEOUT', undefined]);
  });

  it('takes a name that an entity of the catalog has, in any letter case', async () => {
    const { sub = '' } = await evaluate({ subject: 'x', issuer: 'y' }, { resolvers: [passing] });
    for (const taken of [sub.split('/')[1]!.toUpperCase(), 'KIM@Example.com']) {
      const entity = person(taken, 'other@example.com');
      entity.metadata.namespace = 'ephemeral';
      const crowded = createJudging({
        catalog: createMemoryCatalog([entity]),
        onMissing: 'ephemeral',
      });
      const login = taken.includes('@') ? kim : { subject: 'x', issuer: 'y' };
      const judged = await crowded.evaluate(login, { resolvers: [passing] });
      expect([judged.code, judged.sub]).toEqual(['ERR_EPHEMERAL_NAME_TAKEN', undefined]);
      expect(judged.error?.message).toBe('You may not sign in to this portal.');
    }
  });
});

describe('two people', () => {
  const refOf = async (providerId: string, subject: string, issuer: string, email?: string) => {
    const login = { subject, issuer, profile: email === undefined ? {} : { email } };
    return (await evaluate(login, { resolvers: [passing], providerId })).sub;
  };

  it.each([
    [
      ['acme', 'x-1', 'i'],
      ['acme-x', '1', 'i'],
    ],
    [
      ['acme', 'AbC', 'i'],
      ['acme', 'abc', 'i'],
    ],
    [
      ['acme', 'a\nb', 'i'],
      ['acme', 'b', 'i\na'],
    ],
    [
      ['acme', 'a","b', 'i'],
      ['acme', 'b', 'i","a'],
    ],
    [
      ['acme', '1', 'https://github.com'],
      ['acme', '1', 'https://github.acme.org'],
    ],
    [
      ['acme', 'kim@example.com', 'i'],
      ['acme', 'x', 'i', 'kim@example.com'],
    ],
    [
      ['acme', 'x', 'i', 'kim@example.com'],
      ['acme', 'x', 'i', 'kim@example.org'],
    ],
    [
      ['acme', 'x', 'i', '\u212Aim@example.com'],
      ['acme', 'x', 'i', 'kim@example.com'],
    ],
  ] as [Parameters<typeof refOf>, Parameters<typeof refOf>][])(
    'never share a reference: %j and %j',
    async (one, other) => {
      const [left, right] = [await refOf(...one), await refOf(...other)];
      expect(left).toMatch(/^user:ephemeral\//);
      expect(right).toMatch(/^user:ephemeral\//);
      expect(left).not.toBe(right);
    },
  );

  it('never share a reference, whatever their provider, issuer and subject', async () => {
    const part = fc.string({ unit: fc.constantFrom(...'aA-1\n"/:'), minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(part, part, part), fc.tuple(part, part, part), async (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const [left, right] = [await refOf(...one), await refOf(...other)];
        expect(left).toBeDefined();
        expect(left).not.toBe(right);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the groups of an ephemeral person', () => {
  const groups = [{ claim: 'groups', value: 'admins', group: 'group:default/admins' }];
  const mapped = createJudging({ onMissing: 'ephemeral', ephemeral: { namespace: 'ephemeral', groups } });

  it.each<[string, unknown]>([
    ['another letter case', ['Admins']],
    ['a part of the value', 'admins,users'],
    ['a list in a list', [['admins']]],
    ['a list of objects', [{ toString: () => 'admins' }]],
    ['an object', { admins: true }],
    ['a number', 1],
    ['null', null],
  ])('are not given for %s', async (_, value) => {
    const rules = { resolvers: [passing], claimsOf: () => ({ groups: value, Groups: ['admins'] }) };
    const { ent } = await mapped.evaluate(kim, rules);
    expect(ent).toEqual(['user:ephemeral/kim@example.com']);
  });

  it('are not given for a claim that every object has', async () => {
    const inherited = [{ claim: 'constructor', value: 'x', group: 'group:default/admins' }];
    const { evaluate: judgeInherited } = createJudging({
      onMissing: 'ephemeral',
      ephemeral: { namespace: 'ephemeral', groups: inherited },
    });
    const claimsOf = () => Object.create({ constructor: 'x' }) as Record<string, unknown>;
    const { ent } = await judgeInherited(kim, { resolvers: [passing], claimsOf });
    expect(ent).toEqual(['user:ephemeral/kim@example.com']);
  });
});
