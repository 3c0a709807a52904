import { beforeEach, describe, expect, it } from '@jest/globals';
import { NotAllowedError, NotFoundError, deadlineOf } from '@vestibule/backend-plugin-api';
import type { SignInResolver } from '@vestibule/plugin-auth-node';
import type { RecordDraft } from '../record/recordDraft.ts';
import { createMemoryCatalog, person } from '../testing/memoryCatalog.ts';
import { resolveIdentity } from './resolveIdentity.ts';
import { createJudging, decisionOfTest, policyOfTest } from './testing/judging.ts';

const catalog = createMemoryCatalog();
let draft: RecordDraft;
const { contexts } = createJudging({ catalog });
beforeEach(() => {
  draft = decisionOfTest();
  catalog.comeBack();
});

async function resolve(
  resolvers: readonly SignInResolver[],
  login: Partial<Parameters<typeof resolveIdentity>[0]['login']> = { profile: { email: 'jane@example.com' } },
  signal = new AbortController().signal,
) {
  const policy = policyOfTest({ resolvers });
  const budget = deadlineOf(signal);
  return resolveIdentity({ login: { profile: {}, result: {}, ...login }, policy, draft, budget }, contexts);
}

const jane: SignInResolver = async (_, ctx) => ctx.signInWithCatalogUser({ entityRef: 'user:default/jane' });

describe('the chain', () => {
  it('goes on after a pass and after NotFoundError, and stops at the first identity', async () => {
    const never: SignInResolver = () => {
      throw new Error('must not run');
    };
    const { claims } = await resolve([
      (_, ctx) => ctx.pass('not mine'),
      () => {
        throw new NotFoundError('ERR_ACME_UNKNOWN', 'nobody');
      },
      async (_, ctx) => ctx.signInWithCatalogUser({ entityRef: { name: 'nobody' } }),
      jane,
      never,
    ]);
    expect(claims.sub).toBe('user:default/jane');
    expect(claims.ent).toEqual(['user:default/jane', 'group:default/team-a', 'group:default/admins']);
    expect(draft.resolvers).toEqual([
      { resolver: 'r0', verdict: 'pass', reason: 'not mine' },
      { resolver: 'r1', verdict: 'pass', code: 'ERR_USER_NOT_FOUND' },
      { resolver: 'r2', verdict: 'pass', code: 'ERR_USER_NOT_FOUND' },
      { resolver: 'r3', verdict: 'identity' },
    ]);
    expect(draft.catalog).toEqual([
      { query: 'metadata.name', hits: 0, resolver: 'r2' },
      { query: 'metadata.name', hits: 1, resolver: 'r3' },
    ]);
    expect(draft).toMatchObject({
      userEntityRef: 'user:default/jane',
      ownership: { size: 3, source: 'direct' },
    });
  });

  it.each<[string, SignInResolver, string]>([
    ['denies', (_, ctx) => ctx.deny('not you'), 'ERR_RESOLVER_DENIED'],
    [
      'throws NotAllowedError',
      () => {
        throw new NotAllowedError('ERR_ACME_NO', 'no');
      },
      'ERR_RESOLVER_DENIED',
    ],
    [
      'throws an error that shows no fault',
      () => {
        throw new Error('Login failed, not from the expected domain');
      },
      'ERR_RESOLVER_DENIED',
    ],
    [
      'has a fault',
      () => {
        throw new TypeError('cannot read properties of undefined');
      },
      'ERR_RESOLVER_FAILED',
    ],
    [
      'throws a code of the list',
      () => {
        throw new NotAllowedError('ERR_GATE_DOMAIN', 'not from here');
      },
      'ERR_GATE_DOMAIN',
    ],
    [
      'throws no error at all',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what is tested
        throw 'a string';
      },
      'ERR_RESOLVER_FAILED',
    ],
    ['returns nothing', () => undefined as never, 'ERR_RESOLVER_RESULT_INVALID'],
    ['returns a token of its own making', () => ({ token: 'forged' }), 'ERR_RESOLVER_RESULT_INVALID'],
    [
      'issues for something that is no reference',
      async (_, ctx) => ctx.issueToken({ claims: { sub: 'jane' } }),
      'ERR_IDENTITY_REF_INVALID',
    ],
    [
      'issues for what could be taken for another',
      async (_, ctx) => ctx.issueToken({ claims: { sub: 'user:default/jane|group:default/admins' } }),
      'ERR_IDENTITY_REF_UNSAFE',
    ],
  ])('stops when a resolver %s', async (_, resolver, code) => {
    await expect(resolve([resolver, jane])).rejects.toMatchObject({ code });
    expect(draft.userEntityRef).toBeUndefined();
  });

  it('keeps the words of a resolver from the person', async () => {
    const failing: SignInResolver = () => {
      throw new Error('password hunter2 was wrong');
    };
    await expect(resolve([failing])).rejects.toMatchObject({
      message: expect.not.stringContaining('hunter2'),
    });
  });

  it('tells resolvers who signed in at the provider, where the provider says so', async () => {
    const seen: unknown[] = [];
    const witness: SignInResolver = (info, ctx) => {
      seen.push(info);
      return ctx.pass();
    };
    const known = { subject: 'sub-1', issuer: 'https://idp.example' };
    await expect(resolve([witness], { ...known, emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' })).rejects.toThrow();
    await expect(resolve([witness], { subject: '', issuer: '' })).rejects.toThrow();
    expect(seen).toEqual([
      { profile: {}, result: {}, ...known },
      { profile: {}, result: {} },
    ]);
  });

  it('gives up a resolver that never answers', async () => {
    const budget = new AbortController();
    const pending = resolve([async () => new Promise(() => undefined)], undefined, budget.signal);
    budget.abort();
    await expect(pending).rejects.toMatchObject({
      code: 'ERR_RESOLVER_TIMEOUT',
      hint: expect.stringContaining('r0'),
    });
  });

  it('normalises references, so that one person has one name', async () => {
    const { claims } = await resolve([
      async (_, ctx) => ctx.issueToken({ claims: { sub: 'User:Default/Jane', ent: ['Group:Default/A'] } }),
    ]);
    expect(claims).toMatchObject({ sub: 'user:default/jane', ent: ['group:default/a'] });
  });

  it('counts what somebody owns once, however it is spelt, and knows the namespace that is left out', async () => {
    const ent = ['Group:Default/A', 'group:default/a', 'group:a', 'GROUP:other/a', 'user:jane'];
    const { claims } = await resolve([
      async (_, ctx) => ctx.issueToken({ claims: { sub: 'User:Jane', ent } }),
    ]);
    expect(claims).toMatchObject({
      sub: 'user:default/jane',
      ent: ['group:default/a', 'group:other/a', 'user:default/jane'],
    });
  });
});

describe('nobody found', () => {
  const byAddress: SignInResolver = (_, ctx) => ctx.pass('ERR_PROFILE_NO_EMAIL');
  const bySomethingElse: SignInResolver = (_, ctx) => ctx.pass('the login has no badge');

  it.each([
    ['ERR_RESOLVER_NO_MATCH', { profile: { email: 'kim@example.com' } }],
    ['ERR_PROFILE_NO_EMAIL', { profile: {} }],
    ['ERR_EMAIL_NOT_VERIFIED', { profile: {}, emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' as const }],
  ])('is %s where all resolvers want an address', async (code, login) => {
    await expect(resolve([byAddress, byAddress], login)).rejects.toMatchObject({ code });
  });

  it('is about the user, not the address, where a resolver that needs none passed', async () => {
    const login = { profile: {}, emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' as const };
    await expect(resolve([byAddress, bySomethingElse], login)).rejects.toMatchObject({
      code: 'ERR_RESOLVER_NO_MATCH',
    });
    expect(draft.resolvers).toEqual([
      { resolver: 'r0', verdict: 'pass', code: 'ERR_EMAIL_NOT_VERIFIED' },
      { resolver: 'r1', verdict: 'pass', reason: 'the login has no badge' },
    ]);
    await expect(resolve([(_, ctx) => ctx.pass()], login)).rejects.toMatchObject({
      code: 'ERR_RESOLVER_NO_MATCH',
    });
  });

  it('is about the user, not the address, once the catalog was asked', async () => {
    const byName: SignInResolver = async (_, ctx) =>
      ctx.signInWithCatalogUser({ entityRef: { name: 'nobody' } });
    await expect(resolve([byName], { profile: {} })).rejects.toMatchObject({ code: 'ERR_RESOLVER_NO_MATCH' });
  });
});

describe('findCatalogUser', () => {
  const find = async (query: object) =>
    resolve([async (_, ctx) => ctx.signInWithCatalogUser(query as never)]);
  const withAnnotation = (name: string, value: string) => ({
    ...person(name, `${name}@example.com`),
    metadata: { name, namespace: 'default', annotations: { 'acme.org/id': value, 'acme.org/email': value } },
  });

  it.each([
    ['a reference', { entityRef: 'user:default/jane' }],
    ['a name', { entityRef: { name: 'JANE' } }],
    ['a filter', { filter: { 'spec.profile.email': 'JANE@example.com' } }],
    ['one of several filters', { filter: [{ 'metadata.name': 'jane' }, { 'metadata.name': 'nobody' }] }],
  ])('finds by %s', async (_, query) => {
    expect((await find(query)).claims.sub).toBe('user:default/jane');
  });

  it('takes an opaque id byte for byte, although a catalog does not', async () => {
    catalog.entities = [...catalog.entities, withAnnotation('ida', 'MDQ6VXNlcjE=')];
    expect((await find({ annotations: { 'acme.org/id': 'MDQ6VXNlcjE=' } })).claims.sub).toBe(
      'user:default/ida',
    );
    await expect(find({ annotations: { 'acme.org/id': 'mdq6vxnlcje=' } })).rejects.toMatchObject({
      code: 'ERR_CATALOG_ANSWER_INVALID',
    });
  });

  it('takes an address in any letter case', async () => {
    catalog.entities = [...catalog.entities, withAnnotation('eve', 'Eve@Example.com')];
    expect((await find({ annotations: { 'acme.org/email': 'eve@example.COM' } })).claims.sub).toBe(
      'user:default/eve',
    );
  });

  it('refuses several matches', async () => {
    catalog.entities = [
      ...catalog.entities,
      withAnnotation('twin-a', 'same'),
      withAnnotation('twin-b', 'same'),
    ];
    await expect(find({ annotations: { 'acme.org/id': 'same' } })).rejects.toMatchObject({
      code: 'ERR_AMBIGUOUS_MATCH',
    });
  });

  it.each([
    ['a comma', { annotations: { 'acme.org/id': 'x,kind=group' } }],
    ['a control character', { filter: { 'spec.profile.email': 'a\nb' } }],
    ['nothing', { annotations: { 'acme.org/id': '' } }],
    ['201 characters', { annotations: { 'acme.org/id': 'x'.repeat(201) } }],
    ['a key that is a condition', { filter: { 'kind=group,metadata.name': 'x' } }],
    ['an empty filter', { filter: [] }],
    ['no annotation', { annotations: {} }],
  ])('asks for no value with %s', async (_, query) => {
    const { calls } = catalog;
    await expect(find(query)).rejects.toMatchObject({ code: 'ERR_CATALOG_QUERY_UNSAFE' });
    expect(catalog.calls).toBe(calls);
  });

  it.each(['a/b', 'a b', 'jane?x', '../jane', 'x'.repeat(64), 'Jané'])(
    'finds nobody for the name %p',
    async (name) => {
      const { calls } = catalog;
      await expect(find({ entityRef: { name } })).rejects.toMatchObject({ code: 'ERR_RESOLVER_NO_MATCH' });
      expect(catalog.calls).toBe(calls);
    },
  );

  it.each([
    ['of another kind', { kind: 'Group' }],
    ['of another name', { metadata: { name: 'other', namespace: 'default' } }],
    ['of another namespace', { metadata: { name: 'jane', namespace: 'other' } }],
  ])('uses no entity %s', async (_, change) => {
    const getEntityByRef = catalog.getEntityByRef.bind(catalog);
    catalog.getEntityByRef = async () =>
      Promise.resolve({ ...person('jane', 'jane@example.com'), ...change });
    await expect(find({ entityRef: { name: 'jane' } })).rejects.toMatchObject({
      code: 'ERR_CATALOG_ANSWER_INVALID',
    });
    catalog.getEntityByRef = getEntityByRef;
  });

  it('stops the chain when the catalog is away, rather than going on to the next resolver', async () => {
    catalog.goDown();
    const byName: SignInResolver = async (_, ctx) =>
      ctx.signInWithCatalogUser({ entityRef: { name: 'jane' } });
    const fallback: SignInResolver = async (_, ctx) =>
      ctx.issueToken({ claims: { sub: 'user:default/anyone' } });
    await expect(resolve([byName, fallback])).rejects.toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
  });

  it('refuses a query of two kinds', async () => {
    await expect(find({ entityRef: 'user:default/jane', annotations: { a: 'b' } })).rejects.toMatchObject({
      code: 'ERR_RESOLVER_FAILED',
    });
  });
});
