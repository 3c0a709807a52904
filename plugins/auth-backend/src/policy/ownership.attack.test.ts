/** Catalogs and modules that answer nonsense about groups: nobody owns anything by it. */
import { expect, it } from '@jest/globals';
import type { Entity } from '@vestibule/catalog-model';
import type { SignInResolver } from '@vestibule/plugin-auth-node';
import { createGroupCatalog, group, names } from './testing/groupCatalog.ts';
import { createJudging } from './testing/judging.ts';

const asJane: SignInResolver = async (_, ctx) => ctx.signInWithCatalogUser({ entityRef: { name: 'jane' } });
const ownership = { mode: 'transitive' } as const;

const childOf = (targetRef: unknown) => ({ ...group('a'), relations: [{ type: 'childOf', targetRef }] });

it.each<[string, unknown]>([
  ['another group than was asked for', [group('admins')]],
  ['an entity of another kind', [{ ...group('a'), kind: 'User' }]],
  ['an entity of another namespace', [{ ...group('a'), metadata: { name: 'a', namespace: 'other' } }]],
  ['an entity without metadata', [{ kind: 'Group' }]],
  ['more than was asked for', [group('a'), group('admins')]],
  ['less than was asked for', []],
  ['no list', undefined],
  ['a text', ['group:default/a']],
  ['relations that are no list', [{ ...group('a'), relations: { childOf: 'group:default/admins' } }]],
  ['a relation of nothing', [{ ...group('a'), relations: [null] }]],
  ['a relation to a number', [childOf(7)]],
  ['a parent that cannot be', [childOf('group:a b/c')]],
  ['a parent with two slashes', [childOf('group:default/a/b')]],
  ['a parent without a name', [childOf('group:default/')]],
  ['a parent in spec that cannot be', [{ ...group('a'), spec: { parent: 'x y' } }]],
])('a catalog that answers %s for groups signs nobody in, and ends no session', async (_, items) => {
  const catalog = createGroupCatalog(['a'], {});
  catalog.getEntitiesByRefs = async () => Promise.resolve({ items: items as Entity[] });
  const { code, sub } = await createJudging({ catalog, ownership }).evaluate({}, { resolvers: [asJane] });
  expect([code, sub]).toEqual(['ERR_CATALOG_ANSWER_INVALID', undefined]);
});

it('a catalog that fails between two levels signs nobody in with half of the groups', async () => {
  const catalog = createGroupCatalog(['a'], { a: ['b'], b: [] });
  const honest = catalog.getEntitiesByRefs;
  catalog.getEntitiesByRefs = async (request, options) => {
    if (request.entityRefs.includes('group:default/b')) throw new TypeError('fetch failed');
    return honest(request, options);
  };
  const { code } = await createJudging({ catalog, ownership }).evaluate({}, { resolvers: [asJane] });
  expect(code).toBe('ERR_CATALOG_UNAVAILABLE');
});

it.each(['parent', 'child'])('more than 10,000 groups are refused with their number: %s', async (where) => {
  const many = names('g', 10_001);
  const catalog = where === 'child' ? createGroupCatalog(many, {}) : createGroupCatalog(['a'], { a: many });
  const { error } = await createJudging({ catalog, ownership }).evaluate({}, { resolvers: [asJane] });
  expect(error).toMatchObject({ code: 'ERR_TOKEN_TOO_LARGE', hint: expect.stringContaining('1000') });
});

it.each<[string, unknown, string]>([
  ['nothing', undefined, 'ERR_RESOLVER_RESULT_INVALID'],
  ['a list alone', ['user:default/jane'], 'ERR_RESOLVER_RESULT_INVALID'],
  ['a text for the list', { ownershipEntityRefs: 'user:default/jane' }, 'ERR_RESOLVER_RESULT_INVALID'],
  ['more than 10,000', { ownershipEntityRefs: names('group:default/g', 10_001) }, 'ERR_TOKEN_TOO_LARGE'],
])("a module's ownership resolver that answers %s signs nobody in", async (_, answer, code) => {
  const { evaluate } = createJudging({
    ownershipResolver: { resolveOwnershipEntityRefs: async () => Promise.resolve(answer as never) },
  });
  expect(await evaluate({}, { resolvers: [asJane] })).toMatchObject({ code });
});

it("what a module's ownership resolver answers beside references is left out, and named", async () => {
  const answer = [
    'user:default/jane',
    'admins',
    'group:default/A/b',
    { kind: 'group' },
    'group:default/a|group:default/admins',
    'group:default/a/b',
  ];
  const { evaluate } = createJudging({
    ownershipResolver: {
      resolveOwnershipEntityRefs: async () => Promise.resolve({ ownershipEntityRefs: answer as string[] }),
    },
  });
  const { ent, draft } = await evaluate({}, { resolvers: [asJane] });
  expect(ent).toEqual(['user:default/jane', 'group:default/a/b']);
  expect(draft.ownership).toEqual({
    size: 2,
    source: 'module',
    leftOut: [
      "'admins' is no full entity reference, such as user:default/jane",
      '\'{"kind":"group"}\' is no text',
      "'group:default/a|group:default/admins' holds '|'",
    ],
  });
});

it("a module's ownership resolver that never answers is given up", async () => {
  const budget = new AbortController();
  const { evaluate } = createJudging({
    ownershipResolver: {
      resolveOwnershipEntityRefs: async () => {
        budget.abort();
        return new Promise(() => undefined);
      },
    },
  });
  const { code } = await evaluate({}, { resolvers: [asJane], signal: budget.signal });
  expect(code).toBe('ERR_RESOLVER_TIMEOUT');
});

it('a pattern with many stars is compared in no time', async () => {
  const exclude = [`group:default/${'a*'.repeat(20)}b`];
  const direct = names('a'.repeat(50), 1000);
  const catalog = createGroupCatalog(direct, {});
  const begun = process.cpuUsage(); // not the clock: the machine may be busy
  const { ent } = await createJudging({ catalog, ownership: { exclude } }).evaluate(
    {},
    { resolvers: [asJane] },
  );
  expect(ent).toHaveLength(1001);
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(2000);
});
