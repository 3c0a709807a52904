import { describe, expect, it } from '@jest/globals';
import { createMemoryCatalog } from '../testing/memoryCatalog.ts';
import type { Grant } from './grant.ts';
import { createJudging, passing, signInAs } from './testing/judging.ts';

const settings = {
  namespace: 'visitors',
  groups: [
    { claim: 'groups', value: 'staff', group: 'Group:Default/Staff' },
    { claim: 'department', value: 'it', group: 'group:default/it' },
    { claim: 'roles', value: 'staff', group: 'group:default/staff' },
  ],
};
const { evaluate } = createJudging({ onMissing: 'ephemeral', ephemeral: settings });
const resolvers = [passing];
const kim = { subject: 'sub-1', issuer: 'https://idp.example' };
/** SHA-256 of `["test","https://idp.example","sub-1"]`, the first 32 hexadecimal digits. */
const digestOfKim = 'e103bce7e276e8e99992e87ab99145ab';

describe('who is in no catalog', () => {
  it('is named by the address that the provider vouches for', async () => {
    const login = { ...kim, profile: { email: 'Kim.Lee+x@Example.com' } };
    const { sub, ent, draft } = await evaluate(login, { resolvers });
    expect([sub, ent]).toEqual([
      'user:visitors/kim.lee+x@example.com',
      ['user:visitors/kim.lee+x@example.com'],
    ]);
    expect(draft).toMatchObject({
      userEntityRef: sub,
      ownership: { size: 1, source: 'ephemeral' },
      resolvers: [
        { resolver: 'r0', verdict: 'pass' },
        { resolver: 'auth.signIn.onMissing', verdict: 'identity' },
      ],
      catalog: [{ query: 'metadata.name', hits: 0, resolver: 'auth.signIn.onMissing' }],
    });
  });

  it.each<[string, Partial<Grant>]>([
    ['there is no address', {}],
    ['the provider does not vouch for it', { emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' }],
    ['no reference can hold it', { profile: { email: "o'neil@example.com" } }],
  ])('is named by a digest of issuer and subject where %s', async (_, login) => {
    const { sub } = await evaluate({ ...kim, ...login }, { resolvers });
    expect(sub).toBe(`user:visitors/test-${digestOfKim}`);
  });

  it('is named by the digest alone where the provider’s id cannot stand in a name', async () => {
    for (const providerId of ['x'.repeat(31), '-x', 'a b']) {
      const { sub } = await evaluate(kim, { resolvers, providerId });
      expect(sub).toMatch(/^user:visitors\/[0-9a-f]{32}$/);
    }
  });

  it('gets the groups whose claim is, or holds, the value', async () => {
    const claims = { groups: ['x', 'staff'], department: 'it', roles: 'staff' };
    const { ent } = await evaluate(kim, { resolvers, claimsOf: () => claims });
    expect(ent).toEqual([`user:visitors/test-${digestOfKim}`, 'group:default/staff', 'group:default/it']);
  });

  it("is refused where config does not say 'ephemeral', and where there is nothing to name them by", async () => {
    const strict = createJudging({ ephemeral: settings });
    expect(await strict.evaluate(kim, { resolvers })).toMatchObject({ code: 'ERR_RESOLVER_NO_MATCH' });
    expect(await evaluate({}, { resolvers })).toMatchObject({ code: 'ERR_RESOLVER_NO_MATCH' });
    expect(await evaluate({ subject: '', issuer: '' }, { resolvers })).toMatchObject({
      code: 'ERR_RESOLVER_NO_MATCH',
    });
  });

  it('is looked for first: a resolver that knows them decides', async () => {
    const { sub } = await evaluate(kim, { resolvers: [passing, signInAs('user:default/kim')] });
    expect(sub).toBe('user:default/kim');
  });

  it("stands in the namespace 'ephemeral' by default, and gets no group", async () => {
    const simple = createJudging({ onMissing: 'ephemeral' });
    const rules = { resolvers, claimsOf: () => ({ groups: ['staff'] }) };
    const { ent } = await simple.evaluate({ profile: { email: 'kim@example.com' } }, rules);
    expect(ent).toEqual(['user:ephemeral/kim@example.com']);
  });

  it('waits for a catalog that is away, since it must say that nobody has the name', async () => {
    const catalog = createMemoryCatalog();
    const away = createJudging({ catalog, onMissing: 'ephemeral' });
    catalog.goDown();
    const { code, draft } = await away.evaluate(kim, { resolvers });
    expect([code, draft.userEntityRef]).toEqual(['ERR_CATALOG_UNAVAILABLE', undefined]);
  });
});
