/**
 * Resolvers and transforms that keep, change or swap what they are given. What counts is what was checked when it was
 * issued, and what the provider proved.
 */
import { expect, it } from '@jest/globals';
import type { ProfileTransform, SignInResolver, SignInVerdict } from '@vestibule/plugin-auth-node';
import { createMemoryCatalog, person } from '../testing/memoryCatalog.ts';
import { createJudging, passing } from './testing/judging.ts';

const { evaluate } = createJudging();

it('nobody is signed in by a token that was issued at an earlier login', async () => {
  let kept: SignInVerdict | undefined;
  const keeping: SignInResolver = async (_, ctx) =>
    (kept ??= await ctx.issueToken({ claims: { sub: 'user:default/jane' } }));
  expect(await evaluate({}, { resolvers: [keeping] })).toMatchObject({ sub: 'user:default/jane' });
  expect(await evaluate({}, { resolvers: [keeping] })).toMatchObject({ code: 'ERR_RESOLVER_RESULT_INVALID' });
});

it('nobody is signed in by a token that a resolver issued which did not return it', async () => {
  let kept: SignInVerdict | undefined;
  const issuing: SignInResolver = async (_, ctx) => {
    kept = await ctx.issueToken({ claims: { sub: 'user:default/jane' } });
    return ctx.pass();
  };
  const { code } = await evaluate({}, { resolvers: [issuing, () => kept!] });
  expect(code).toBe('ERR_RESOLVER_RESULT_INVALID');
});

it.each<[string, (token: string) => unknown]>([
  ['a pass', (token) => ({ verdict: 'pass', token })],
  ['a denial', (token) => ({ verdict: 'deny', reason: 'no', token })],
  ['no verdict', (token) => ({ verdict: undefined, token })],
  ['an identity of another', (token) => [token]],
])('nobody is signed in by a token beside %s', async (_, answer) => {
  const resolver: SignInResolver = async (__, ctx) => {
    const { token } = await ctx.issueToken({ claims: { sub: 'user:default/jane' } });
    return answer(token) as SignInVerdict;
  };
  const { sub, code } = await evaluate({}, { resolvers: [resolver] });
  expect(sub).toBeUndefined();
  expect(code).toMatch(/^ERR_RESOLVER_(?:NO_MATCH|DENIED|RESULT_INVALID)$/);
});

it('an identity stays what it was when it was checked, whatever is changed afterwards', async () => {
  const nested = { teams: ['a'] };
  const ent = ['user:default/jane'];
  const claims = { sub: 'user:default/jane', ent, nested };
  const resolver: SignInResolver = async (_, ctx) => {
    const result = await ctx.issueToken({ claims });
    result.identity!.userEntityRef = 'user:default/admin';
    result.identity!.ownershipEntityRefs.push('group:default/admins');
    ent.push('no reference');
    nested.teams.push('admins');
    claims.sub = 'user:default/admin';
    return result;
  };
  const { outcome } = await evaluate({}, { resolvers: [resolver] });
  expect(outcome?.issued?.claims).toEqual({
    sub: 'user:default/jane',
    ent: ['user:default/jane'],
    additional: { nested: { teams: ['a'] } },
  });
});

it('what a token service of somebody else tells besides the token changes nobody', async () => {
  const toldBesides = {
    claims: { sub: 'user:default/admin', ent: ['group:default/admins'], additional: {} },
    ownership: { size: 0, source: 'resolver' },
  };
  const { sub, ent, outcome, draft } = await createJudging({ toldBesides }).evaluate(
    {},
    { resolvers: [async (_, ctx) => ctx.issueToken({ claims: { sub: 'user:default/jane' } })] },
  );
  expect([sub, ent]).toEqual(['user:default/jane', ['user:default/jane']]);
  expect(outcome?.issued?.claims.sub).toBe('user:default/jane');
  expect(draft.ownership).toEqual({ size: 1, source: 'resolver' });
});

it('what one writes into a result is seen by nobody else, and is not kept', async () => {
  const seen: unknown[] = [];
  const proven = () => ({ login: 'kim', groups: ['users'], list: [{ deep: 1 }] });
  type Result = ReturnType<typeof proven>;
  const write = (result: Result) => {
    seen.push(JSON.parse(JSON.stringify(result)));
    result.login = 'admin';
    result.groups.push('admins');
    result.list[0]!.deep = 2;
  };
  const transform: ProfileTransform<Result> = (result) => {
    write(result);
    return { profile: {} };
  };
  const writing: SignInResolver = (info, ctx) => {
    write(info.result as Result);
    return ctx.pass();
  };
  const result = proven();
  const ephemeral = createJudging({
    onMissing: 'ephemeral',
    ephemeral: {
      namespace: 'visitors',
      groups: [{ claim: 'groups', value: 'admins', group: 'group:default/admins' }],
    },
  });
  const { ent } = await ephemeral.evaluate(
    { result, subject: 's', issuer: 'i' },
    {
      transforms: [transform, transform],
      resolvers: [writing, writing],
      claimsOf: (given) => {
        seen.push(given);
        return given as Result;
      },
    },
  );
  // The claims are asked for twice: for the resolvers, and for the groups.
  expect(seen).toEqual(Array.from({ length: 6 }, proven));
  expect(ent).toHaveLength(1);
  expect(result).toEqual(proven());
});

it('a fallback is nobody who is in the catalog, though a reference of another kind was asked for', async () => {
  const catalog = createMemoryCatalog([person('jane', 'jane@example.com')]);
  const resolver: SignInResolver = async (_, ctx) =>
    ctx.signInWithCatalogUser(
      { entityRef: { kind: 'Group', name: 'jane' } },
      { dangerousEntityRefFallback: { entityRef: { name: 'jane' } } },
    );
  const { sub, code } = await createJudging({ catalog }).evaluate({}, { resolvers: [resolver, passing] });
  expect([sub, code]).toEqual([undefined, 'ERR_EPHEMERAL_NAME_TAKEN']);
});
