import { describe, expect, it } from '@jest/globals';
import type { SignInResolver } from '@vestibule/plugin-auth-node';
import type { OwnershipSettings } from '../config.ts';
import { createGroupCatalog, group, names, threeLevels, type Parents } from './testing/groupCatalog.ts';
import { createJudging } from './testing/judging.ts';

const asJane: SignInResolver = async (_, ctx) => ctx.signInWithCatalogUser({ entityRef: { name: 'jane' } });
const transitive = { mode: 'transitive' } as const;
const ref = (name: string) => `group:default/${name}`;

async function ownershipOf(
  direct: readonly string[],
  parents: Parents,
  settings: Partial<OwnershipSettings> = transitive,
) {
  const catalog = createGroupCatalog(direct, parents);
  const {
    ent = [],
    draft,
    code,
  } = await createJudging({ catalog, ownership: settings }).evaluate({}, { resolvers: [asJane] });
  const [self, ...groups] = ent;
  return { self, groups, draft, code, queries: catalog.queries };
}

describe('direct ownership, the default', () => {
  it('is the user and the groups of their memberOf relations, without a question to the catalog', async () => {
    const { self, groups, queries, draft } = await ownershipOf(['a', 'b', 'a'], { a: ['top'] }, {});
    expect([self, groups, queries]).toEqual(['user:default/jane', [ref('a'), ref('b')], []]);
    expect(draft.ownership).toEqual({ size: 3, source: 'direct' });
  });

  it('is filtered too', async () => {
    const settings = { include: ['group:*/TEAM-*'], exclude: ['group:default/*-x'] };
    const { self, groups } = await ownershipOf(['team-a', 'team-x', 'other'], {}, settings);
    expect([self, groups]).toEqual(['user:default/jane', [ref('team-a')]]);
  });
});

describe('transitive ownership', () => {
  it.each<[string, string[], Parents, string[], number]>([
    ['a chain', ['a'], { a: ['b'], b: ['c'], c: [] }, ['a', 'b', 'c'], 3],
    ['a diamond', ['a', 'b'], { a: ['top'], b: ['top'], top: [] }, ['a', 'b', 'top'], 2],
    ['a cycle', ['a'], { a: ['b'], b: ['c'], c: ['a'] }, ['a', 'b', 'c'], 3],
    ['a group that is its own parent', ['a'], { a: ['a'] }, ['a'], 1],
    ['a shorter and a longer way up', ['a', 'c'], { a: ['b'], b: ['c'], c: [] }, ['a', 'c', 'b'], 2],
    [
      'a group that is not in the catalog',
      ['a', 'gone'],
      { a: ['b', 'gone-too'] },
      ['a', 'gone', 'b', 'gone-too'],
      2,
    ],
    ['no group at all', [], {}, [], 0],
  ])('takes %s', async (_, direct, parents, groups, levels) => {
    const found = await ownershipOf(direct, parents);
    expect(found.groups).toEqual(groups.map(ref));
    expect(found.self).toBe('user:default/jane');
    expect(found.draft.ownership).toEqual({ size: groups.length + 1, source: 'transitive', levels });
  });

  it('asks once for each level and chunk of 500, whatever the number of parents', async () => {
    const { direct, parents } = threeLevels();
    const { groups, queries, draft } = await ownershipOf(direct, parents);
    expect(groups).toHaveLength(1000);
    expect(queries).toEqual([500, 200, 250, 50]);
    expect(draft.catalog.slice(1)).toEqual([
      { query: 'groups of level 1', hits: 500 },
      { query: 'groups of level 1', hits: 200 },
      { query: 'groups of level 2', hits: 250 },
      { query: 'groups of level 3', hits: 50 },
    ]);
  });

  it('counts no more levels than maxDepth', async () => {
    const parents = { a: ['b'], b: ['c'], c: ['d'], d: [] };
    const two = await ownershipOf(['a'], parents, { ...transitive, maxDepth: 2 });
    expect([two.groups, two.queries]).toEqual([[ref('a'), ref('b')], [1]]);
    const one = await ownershipOf(['a'], parents, { ...transitive, maxDepth: 1 });
    expect([one.groups, one.queries]).toEqual([[ref('a')], []]);
  });

  it('walks on above a group that is left out', async () => {
    const parents = { a: ['b'], b: ['c'], c: [] };
    const { groups } = await ownershipOf(['a'], parents, { ...transitive, exclude: ['*:*/b'] });
    expect(groups).toEqual([ref('a'), ref('c')]);
  });

  it('reads spec.parent where the catalog computed no relation', async () => {
    const catalog = createGroupCatalog(['a'], {});
    catalog.entities.set(ref('a'), { ...group('a'), spec: { parent: 'B' } });
    catalog.entities.set(ref('b'), { ...group('b'), spec: { parent: 'group:other/c' } });
    const judged = await createJudging({ catalog, ownership: transitive }).evaluate(
      {},
      { resolvers: [asJane] },
    );
    expect(judged.ent).toEqual(['user:default/jane', ref('a'), ref('b'), 'group:other/c']);
  });

  it('takes the few seconds that a sign-in has for 5,000 groups, at most', async () => {
    const low = names('low', 4000);
    const high = names('high', 1000);
    const parents = Object.fromEntries([
      ...low.map((name, index) => [name, high.slice(index % 991, (index % 991) + 10)]),
      ...high.map((name) => [name, []]),
    ]) as Parents;
    const begun = process.cpuUsage(); // not the clock: the machine may be busy
    const { groups, queries } = await ownershipOf(low, parents);
    expect([groups.length, queries.length]).toEqual([5000, 10]);
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(5000);
  });
});

describe("a module's own ownership resolver", () => {
  const judgeWith = async (answer: unknown, ownership: Partial<OwnershipSettings> = {}) =>
    createJudging({
      catalog: createGroupCatalog(['a'], { a: ['b'] }),
      ownership,
      ownershipResolver: { resolveOwnershipEntityRefs: async () => Promise.resolve(answer as never) },
    }).evaluate({}, { resolvers: [asJane] });

  it('replaces all of it', async () => {
    const answer = { ownershipEntityRefs: ['User:Default/Jane', 'team:acme/X', 'team:acme/x'] };
    const { ent, draft } = await judgeWith(answer, { ...transitive, exclude: ['*:*/*'] });
    expect(ent).toEqual(['user:default/jane', 'team:acme/x']);
    expect(draft.ownership).toEqual({ size: 2, source: 'module' });
  });
});

it('is what context.resolveOwnershipEntityRefs answers; a resolver that changes it names its own', async () => {
  const catalog = createGroupCatalog(['a'], { a: ['b'], b: [] });
  const own: SignInResolver = async (_, ctx) => {
    const { entity } = await ctx.findCatalogUser({ entityRef: { name: 'jane' } });
    const { ownershipEntityRefs } = await ctx.resolveOwnershipEntityRefs(entity);
    return ctx.issueToken({ claims: { sub: 'user:default/jane', ent: ownershipEntityRefs.slice(1) } });
  };
  const judged = await createJudging({ catalog, ownership: transitive }).evaluate({}, { resolvers: [own] });
  expect(judged.ent).toEqual([ref('a'), ref('b')]);
  expect(judged.draft.ownership).toEqual({ size: 2, source: 'resolver' });
});
