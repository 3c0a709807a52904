/**
 * What every implementation of CatalogService must do, as a suite of tests. It knows no test runner: `describe` and `it`
 * are given to it.
 */
import assert from 'node:assert/strict';
import type { BackstageCredentials } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';
import type { CatalogService, EntityFilter } from '@vestibule/plugin-catalog-node';

/** The service to be tested, and credentials that may see everything. @public */
export interface CatalogServiceUnderTest {
  catalog: CatalogService;
  credentials: BackstageCredentials;
  /** Runs after each test. */
  close?(): Promise<void>;
}

/** The two functions that Jest, Vitest and node:test have in common. @public */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/**
 * Describes a CatalogService.
 *
 * @param name - The implementation, for the title.
 * @param make - Makes a service over exactly these entities. Called once for each test.
 * @example
 * ```ts
 * import { describe, it } from 'node:test';
 *
 * describeCatalogService('the Acme catalog', async (entities) => ({ catalog: acmeCatalog(entities), credentials }), {
 *   describe,
 *   it,
 * });
 * ```
 * @public
 */
export function describeCatalogService(
  name: string,
  make: (entities: readonly Entity[]) => Promise<CatalogServiceUnderTest>,
  { describe, it }: TestRunner,
): void {
  const test = (title: string, body: (service: CatalogServiceUnderTest) => Promise<void>): void => {
    it(title, async () => {
      const service = await make(structuredClone(entities));
      try {
        await body(service);
      } finally {
        await service.close?.();
      }
    });
  };

  describe(`${name}, as a CatalogService`, () => {
    describe('getEntityByRef', () => {
      test('finds an entity by its reference in any letter case, and by its parts', async ({
        catalog,
        credentials,
      }) => {
        for (const ref of [
          'user:default/jane',
          'User:default/Jane',
          { ...janeParts },
          { ...janeParts, name: 'JANE' },
        ]) {
          assert.equal(
            (await catalog.getEntityByRef(ref, { credentials }))?.metadata.name,
            'Jane',
            JSON.stringify(ref),
          );
        }
      });

      test('gives the relations, which decide what a user owns', async ({ catalog, credentials }) => {
        const jane = await catalog.getEntityByRef('user:default/jane', { credentials });
        equal(jane?.relations, [
          { type: 'memberOf', targetRef: 'group:default/team-a' },
          { type: 'memberOf', targetRef: 'group:default/team-b' },
        ]);
      });

      test('answers undefined for what is missing', async ({ catalog, credentials }) => {
        for (const ref of [
          'user:default/kim',
          'group:default/jane',
          'user:other/jane',
          'user:default/kim@example.com',
        ]) {
          assert.equal(await catalog.getEntityByRef(ref, { credentials }), undefined, ref);
        }
      });

      for (const ref of [
        'user:default/..',
        'user:./jane',
        'user:default/a/b',
        'user:default/a\\b',
        'user:default/a\nb',
      ]) {
        test(`refuses ${JSON.stringify(ref)}, which could mean another path`, async ({
          catalog,
          credentials,
        }) => {
          await refusesAsUnsafe(catalog.getEntityByRef(ref, { credentials }));
        });
      }

      test('refuses what is no reference', async ({ catalog, credentials }) => {
        for (const ref of ['', 'jane', 'user:', ':default/jane', 'user:/jane']) {
          await refusesAsUnsafe(catalog.getEntityByRef(ref, { credentials }));
        }
      });
    });

    describe('getEntities', () => {
      const found = async (
        { catalog, credentials }: CatalogServiceUnderTest,
        filter: EntityFilter | undefined,
      ): Promise<string[]> => {
        const { items } = await catalog.getEntities(filter && { filter }, { credentials });
        return items.map(({ metadata }) => metadata.name).sort();
      };

      test('gives everything without a filter', async (service) => {
        equal(await found(service, undefined), ['Jane', 'checkout', 'sam', 'team-a', 'team-b']);
      });

      test('finds a user by e-mail, in any letter case', async (service) => {
        equal(await found(service, { 'spec.profile.email': 'JANE@example.com', kind: 'user' }), ['Jane']);
      });

      test('finds by annotation, whose key has dots', async (service) => {
        equal(await found(service, { 'metadata.annotations.acme.org/id': 'j-1', kind: 'User' }), ['Jane']);
      });

      test('finds by relation', async (service) => {
        equal(await found(service, { 'relations.memberOf': 'group:default/team-b' }), ['Jane', 'sam']);
      });

      test('wants all conditions of a set, any value of a list, and any set of several', async (service) => {
        equal(await found(service, { kind: 'group', 'metadata.name': 'jane' }), []);
        equal(await found(service, { 'metadata.name': ['jane', 'team-a'] }), ['Jane', 'team-a']);
        equal(await found(service, [{ kind: 'component' }, { 'metadata.name': 'sam' }]), ['checkout', 'sam']);
      });

      test('finds by the presence of a key', async (service) => {
        equal(await found(service, { 'spec.profile.email': existence }), ['Jane', 'sam']);
      });

      test('takes a plus sign, an ampersand, a percent sign and Unicode as they are', async (service) => {
        equal(await found(service, { 'spec.profile.email': 'sam+tag@example.com' }), ['sam']);
        equal(await found(service, { 'metadata.title': 'R&D 100% = Größe' }), ['team-b']);
        equal(await found(service, { 'metadata.title': 'R' }), []);
      });

      const hostile: [what: string, filter: EntityFilter][] = [
        [
          'a comma, which would begin another condition',
          { 'spec.profile.email': 'x@example.com,kind=group' },
        ],
        ['a comma in a list of values', { 'spec.profile.email': ['a@example.com', 'b,c'] }],
        ['a key with an equals sign', { 'metadata.name=jane,kind': 'user' }],
        ['an empty key', { '': 'user' }],
        ['an empty value', { 'spec.profile.email': '' }],
        ['a space at the end, which would be trimmed away', { 'spec.profile.email': 'jane@example.com ' }],
        ['a line break', { 'spec.profile.email': 'jane@example.com\r\nx' }],
        ['a NUL', { 'spec.profile.email': 'jane@example.com\0' }],
        ['half of a surrogate pair', { 'spec.profile.email': 'jane\ud800@example.com' }],
        ['more characters than a catalog indexes', { 'spec.profile.email': `${'j'.repeat(201)}` }],
        ['a value that is absent', { 'spec.profile.email': undefined as never, kind: 'user' }],
        ['a value that is an object', { 'spec.profile.email': { toString: () => 'x' } as never }],
        ['an empty list of values', { 'spec.profile.email': [], kind: 'user' }],
        ['no condition at all', {}],
        ['no condition in one of its sets', [{ kind: 'user' }, {}]],
        ['no set at all', []],
        ['one key in two letter cases', { kind: 'user', Kind: 'group' }],
      ];
      for (const [what, filter] of hostile) {
        test(`refuses a filter with ${what}`, async ({ catalog, credentials }) => {
          await refusesAsUnsafe(catalog.getEntities({ filter }, { credentials }));
        });
      }

      test('gives the fields that were asked for, and always what identifies an entity', async (service) => {
        const { catalog, credentials } = service;
        const { items } = await catalog.getEntities(
          {
            filter: { 'metadata.name': 'jane' },
            fields: ['metadata.annotations.acme.org/id', 'spec.profile.email'],
          },
          { credentials },
        );
        equal(items, [
          {
            kind: 'User',
            metadata: { name: 'Jane', namespace: 'default', annotations: { 'acme.org/id': 'j-1' } },
            spec: { profile: { email: 'jane@example.com' } },
          },
        ]);
      });

      test('orders, skips and limits', async ({ catalog, credentials }) => {
        const { items } = await catalog.getEntities(
          { order: { field: 'metadata.name', order: 'desc' }, offset: 1, limit: 2 },
          { credentials },
        );
        equal(
          items.map(({ metadata }) => metadata.name),
          ['team-a', 'sam'],
        );
      });

      test('refuses numbers that are none', async ({ catalog, credentials }) => {
        for (const limit of [-1, 1.5, NaN, '1&offset=2' as never]) {
          await refusesAsUnsafe(catalog.getEntities({ limit }, { credentials }));
        }
      });
    });

    describe('getEntitiesByRefs', () => {
      test('keeps the order, and answers undefined for what is missing', async ({ catalog, credentials }) => {
        const { items } = await catalog.getEntitiesByRefs(
          {
            entityRefs: [
              'group:default/team-a',
              'user:default/kim',
              'User:default/Jane',
              'group:default/team-a',
            ],
          },
          { credentials },
        );
        equal(
          items.map((item) => item?.metadata.name),
          ['team-a', undefined, 'Jane', 'team-a'],
        );
      });

      test('answers for more references than one request of a catalog takes', async ({
        catalog,
        credentials,
      }) => {
        const entityRefs = Array.from({ length: 2500 }, (_, index) => `group:default/missing-${index}`);
        entityRefs[1700] = 'user:default/jane';
        const { items } = await catalog.getEntitiesByRefs({ entityRefs }, { credentials });
        assert.equal(items.length, 2500);
        equal(
          items.flatMap((item, index) => (item ? [index] : [])),
          [1700],
        );
      });

      test('answers an empty list with an empty list', async ({ catalog, credentials }) => {
        equal(await catalog.getEntitiesByRefs({ entityRefs: [] }, { credentials }), { items: [] });
      });

      test('applies filter and fields', async ({ catalog, credentials }) => {
        const { items } = await catalog.getEntitiesByRefs(
          {
            entityRefs: ['user:default/jane', 'group:default/team-a'],
            filter: { kind: 'group' },
            fields: ['metadata.title'],
          },
          { credentials },
        );
        equal(items, [
          undefined,
          { kind: 'Group', metadata: { name: 'team-a', namespace: 'default', title: 'Team A' } },
        ]);
      });
    });

    describe('queryEntities', () => {
      test('leads through all pages and back', async ({ catalog, credentials }) => {
        const names: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await catalog.queryEntities(
            cursor === undefined
              ? {
                  limit: 2,
                  filter: { kind: ['user', 'group'] },
                  orderFields: { field: 'metadata.name', order: 'asc' },
                }
              : { limit: 2, cursor },
            { credentials },
          );
          assert.equal(page.totalItems, 4);
          assert.equal(page.pageInfo.prevCursor === undefined, cursor === undefined);
          names.push(...page.items.map(({ metadata }) => metadata.name));
          cursor = page.pageInfo.nextCursor;
        } while (cursor !== undefined && names.length < 10);
        equal(names, ['Jane', 'sam', 'team-a', 'team-b']);
      });

      test('finds by text', async ({ catalog, credentials }) => {
        const { items } = await catalog.queryEntities(
          { fullTextFilter: { term: 'größe', fields: ['metadata.title'] } },
          { credentials },
        );
        equal(
          items.map(({ metadata }) => metadata.name),
          ['team-b'],
        );
      });
    });

    test('gives answers that the caller may change', async ({ catalog, credentials }) => {
      const first = await catalog.getEntityByRef('user:default/jane', { credentials });
      first?.relations?.splice(0);
      if (first) first.metadata.name = 'mallory';
      const second = await catalog.getEntityByRef('user:default/jane', { credentials });
      assert.equal(second?.metadata.name, 'Jane');
      assert.equal(second.relations?.length, 2);
    });

    test('stops waiting when the signal says so', async ({ catalog, credentials }) => {
      const options = { credentials, signal: AbortSignal.abort() };
      for (const call of [
        async () => catalog.getEntityByRef('user:default/jane', options),
        async () => catalog.getEntities({}, options),
        async () => catalog.getEntitiesByRefs({ entityRefs: ['user:default/jane'] }, options),
        async () => catalog.queryEntities({}, options),
      ]) {
        await assert.rejects(call, { code: 'ERR_CATALOG_UNAVAILABLE' });
      }
    });
  });
}

// Backstage's symbol, by its registered name, so that this file imports nothing of the catalog's at run time.
const existence = Symbol.for('CATALOG_FILTER_EXISTS_0e15b590c0b343a2bae3e787e84c2111');

const janeParts = { kind: 'User', namespace: 'default', name: 'Jane' };

const entities: readonly Entity[] = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: {
      name: 'Jane',
      namespace: 'default',
      annotations: { 'acme.org/id': 'j-1', 'acme.org/team': 'a' },
    },
    spec: { profile: { email: 'jane@example.com', displayName: 'Jane Doe' }, memberOf: ['team-a', 'team-b'] },
    relations: [
      { type: 'memberOf', targetRef: 'group:default/team-a' },
      { type: 'memberOf', targetRef: 'group:default/team-b' },
    ],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'sam', namespace: 'default' },
    spec: { profile: { email: 'sam+tag@example.com' }, memberOf: ['team-b'] },
    relations: [{ type: 'memberOf', targetRef: 'group:default/team-b' }],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'team-a', namespace: 'default', title: 'Team A' },
    spec: { type: 'team', children: [] },
    relations: [{ type: 'hasMember', targetRef: 'user:default/jane' }],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'team-b', namespace: 'default', title: 'R&D 100% = Größe' },
    spec: { type: 'team', children: [] },
    relations: [
      { type: 'hasMember', targetRef: 'user:default/jane' },
      { type: 'hasMember', targetRef: 'user:default/sam' },
    ],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'checkout', namespace: 'default' },
    spec: { type: 'service', lifecycle: 'production', owner: 'team-a' },
  },
];

/** By structure alone: a test runner may load a service in a realm of its own, with other prototypes. */
function equal(actual: unknown, expected: unknown): void {
  assert.deepEqual(structuredClone(actual), structuredClone(expected));
}

async function refusesAsUnsafe(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, { name: 'InputError', code: 'ERR_CATALOG_QUERY_UNSAFE' });
}
