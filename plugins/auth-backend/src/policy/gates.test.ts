import { describe, expect, it } from '@jest/globals';
import type { AllowBlock } from '../config.ts';
import { Gates } from './gates.ts';
import type { Grant } from './grant.ts';
import { createJudging, signInAs } from './testing/judging.ts';

const { evaluate } = createJudging();
const asJane = [signInAs('user:default/jane', ['user:default/jane', 'group:default/team-a'])];
const jane = { profile: { email: 'jane@example.com' } };

async function pass(login: Partial<Grant>, everywhere: AllowBlock) {
  return evaluate(login, { everywhere, resolvers: asJane });
}

describe('a gate lets in', () => {
  it.each<[string, Partial<Grant>, AllowBlock]>([
    ['a listed domain', jane, { domains: ['other.org', 'example.com'] }],
    ['a domain in any letter case', { profile: { email: 'jane@EXAMPLE.com' } }, { domains: ['Example.COM'] }],
    [
      'a domain in either of its forms',
      { profile: { email: 'jane@münchen.de' } },
      { domains: ['xn--mnchen-3ya.de'] },
    ],
    ['a listed address in any letter case', jane, { users: ['Jane@Example.com'] }],
    ['a name that the provider knows', { evidence: { users: ['sub-1'] } }, { users: ['sub-1'] }],
    ['a group of the claims', { evidence: { groups: ['Staff', 'x'] } }, { groups: ['Staff'] }],
    ['a hosted domain', { evidence: { hostedDomains: ['acme.org'] } }, { hostedDomains: ['ACME.org'] }],
    [
      'an organization in any letter case',
      { evidence: { githubOrganizations: ['Acme'] } },
      { githubOrganizations: ['acme'] },
    ],
    [
      'a team in any letter case',
      { evidence: { githubTeams: ['acme/Platform'] } },
      { githubTeams: ['ACME/platform'] },
    ],
    ['a user of the catalog', {}, { users: ['User:Default/Jane'] }],
    ['a member of a group of the catalog', {}, { groups: ['group:default/other', 'group:default/team-a'] }],
    ['one of a mixed list, by the provider', { evidence: { groups: ['x'] } }, { groups: ['x', 'group:a/b'] }],
    [
      'one of a mixed list, by the catalog',
      { evidence: { groups: ['y'] } },
      { groups: ['x', 'group:default/team-a'] },
    ],
  ])('%s', async (_, login, allow) => {
    expect(await pass(login, allow)).toMatchObject({ sub: 'user:default/jane' });
  });
});

describe('several gates', () => {
  it('must all let a login in, and each says so in the decision', async () => {
    const { code, draft } = await evaluate(
      { ...jane, evidence: { hostedDomains: ['other.org'] } },
      {
        everywhere: { domains: ['example.com'], users: ['user:default/jane'] },
        own: { hostedDomains: ['example.com'], githubTeams: ['acme/platform'] },
        resolvers: asJane,
      },
    );
    expect(code).toBe('ERR_GATE_HOSTED_DOMAIN');
    expect(draft.gates).toEqual([
      { gate: 'auth.allow.domains', verdict: 'pass' },
      {
        gate: 'auth.providers.test.development.allow.hostedDomains',
        verdict: 'deny',
        code: 'ERR_GATE_HOSTED_DOMAIN',
      },
      {
        gate: 'auth.providers.test.development.allow.githubTeams',
        verdict: 'deny',
        code: 'ERR_GATE_GITHUB_TEAM',
      },
    ]);
  });

  it('that name entities are asked once the identity is known', async () => {
    const rules = { everywhere: { users: ['user:default/jane'], groups: ['group:default/team-b'] } };
    const { code, draft } = await evaluate(jane, { ...rules, resolvers: asJane });
    expect(code).toBe('ERR_GATE_GROUP');
    expect(draft.gates).toEqual([
      { gate: 'auth.allow.users', verdict: 'pass' },
      { gate: 'auth.allow.groups', verdict: 'deny', code: 'ERR_GATE_GROUP' },
    ]);
    expect(draft.resolvers).toEqual([{ resolver: 'r0', verdict: 'identity' }]);
  });
});

describe('access delegation', () => {
  it("is not for the gates of 'auth.allow'", async () => {
    const { outcome } = await evaluate(jane, { everywhere: { domains: ['other.org'] } });
    expect(outcome).toEqual({ profile: jane.profile });
  });

  it("is for the provider's own gates, and one that names entities lets nobody in", async () => {
    expect(await evaluate(jane, { own: { domains: ['other.org'] } })).toMatchObject({
      code: 'ERR_GATE_DOMAIN',
    });
    expect(await evaluate(jane, { own: { users: ['user:default/jane'] } })).toMatchObject({
      code: 'ERR_GATE_USER',
    });
  });
});

it('asks the provider for each listed name once, for no domain and for no entity', () => {
  const { questions } = new Gates({
    everywhere: { domains: ['acme.org'], users: ['user:default/jane', 'sub-1'], groups: ['group:default/a'] },
    own: { users: ['sub-1', 'sub-2'], githubTeams: ['acme/platform'] },
    ownPath: 'auth.providers.acme.development',
    isSignIn: true,
  });
  expect(questions).toEqual({ users: ['sub-1', 'sub-2'], githubTeams: ['acme/platform'] });
});
