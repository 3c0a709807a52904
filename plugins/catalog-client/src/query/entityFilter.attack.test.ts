import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entitiesRequest, entityByNameRequest } from '../http/requests.ts';

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('a', ',', '=', '&', '%', '#', '?', '/', '.', ' ', '\n', '\u2028', 'é', '\ud800'),
  }),
);

/** What a catalog reads from a filter: split at commas, trimmed, cut at the first equals sign. */
function readAsTheCatalogDoes(filter: string): [string, string | undefined][] {
  return filter.split(',').map((part) => {
    const statement = part.trim();
    const equals = statement.indexOf('=');
    return equals === -1
      ? [statement, undefined]
      : [statement.slice(0, equals).trim(), statement.slice(equals + 1).trim()];
  });
}

describe('a value that somebody else chose', () => {
  it('reaches the catalog as that very value under that very key, or not at all', () => {
    let asked = 0;
    fc.assert(
      fc.property(texts, texts, (key, value) => {
        let path: string;
        try {
          ({ path } = entitiesRequest({ filter: { [key]: value, kind: 'user' } }));
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_CATALOG_QUERY_UNSAFE' });
          return;
        }
        asked++;
        const url = new URL(`http://catalog/api/catalog${path}`);
        expect(url.pathname).toBe('/api/catalog/entities');
        expect(url.hash).toBe('');
        expect([...url.searchParams.keys()]).toEqual(['filter']);
        const conditions = readAsTheCatalogDoes(url.searchParams.get('filter') ?? '');
        expect(conditions).toHaveLength(2);
        expect(conditions).toContainEqual([key, value]);
        expect(conditions).toContainEqual(['kind', 'user']);
      }),
      { numRuns: 2_000 },
    );
    expect(asked).toBeGreaterThan(10);
  });

  it('reaches the catalog as one part of the path, or not at all', () => {
    fc.assert(
      fc.property(texts, (name) => {
        let path: string;
        try {
          ({ path } = entityByNameRequest({ kind: 'User', namespace: 'default', name }));
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_CATALOG_QUERY_UNSAFE' });
          return;
        }
        const url = new URL(`http://catalog/api/catalog${path}`);
        expect(url.search + url.hash).toBe('');
        const parts = url.pathname.split('/');
        expect(parts.slice(0, -1).join('/')).toBe('/api/catalog/entities/by-name/User/default');
        expect(decodeURIComponent(parts.at(-1) ?? '')).toBe(name);
      }),
      { numRuns: 2_000 },
    );
  });

  it('stands in no message, only the name of its key in the hint', () => {
    expect.assertions(2);
    try {
      entitiesRequest({ filter: { 'spec.profile.email': 'eve@example.com,kind=group' } });
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('eve@');
      expect(error).toMatchObject({
        message: 'The software catalog cannot be asked for this.',
        hint: "The value for 'spec.profile.email' has a comma, which separates conditions.",
      });
    }
  });
});
