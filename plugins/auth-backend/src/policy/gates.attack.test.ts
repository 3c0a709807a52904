/** Ways around a gate: look-alikes, addresses that nobody vouches for, evidence of the wrong kind or form. */
import { describe, expect, it } from '@jest/globals';
import type { AllowBlock } from '../config.ts';
import type { Grant } from './grant.ts';
import { createJudging, passing, signInAs } from './testing/judging.ts';

const { evaluate } = createJudging();

async function codeFor(login: Partial<Grant>, allow: AllowBlock): Promise<string | undefined> {
  const resolvers = [signInAs('user:default/mallory')];
  const [everywhere, own] = await Promise.all([
    evaluate(login, { everywhere: allow, resolvers }),
    evaluate(login, { own: allow, resolvers }),
  ]);
  expect(own.code).toBe(everywhere.code);
  expect([everywhere.outcome, own.outcome]).toEqual([undefined, undefined]);
  return own.code;
}

it.each([
  'mallory@evil-acme.org',
  'mallory@acme.org.evil.com',
  'mallory@sub.acme.org',
  'mallory@acme.com',
  'mallory@xn--acme-5cd.org',
  'mallory@аcme.org',
  'mallory@acmé.org',
  'mallory@acme-org',
  'acme.org@evil.com',
])('the gate of domains does not take %s for acme.org', async (email) => {
  expect(await codeFor({ profile: { email } }, { domains: ['acme.org'] })).toBe('ERR_GATE_DOMAIN');
});

it.each([
  'mallory@acme.org.',
  'mallory@evil.com@acme.org',
  'mallory@acme.org,evil.com',
  'mallory@acme.org\u0000',
  'mallory@ acme.org',
  'mallory@ａｃｍｅ.org',
  '@acme.org',
  'acme.org',
])('an address that is none lets nobody through a gate: %j', async (email) => {
  expect(await codeFor({ profile: { email } }, { domains: ['acme.org'] })).toBe('ERR_PROFILE_INVALID');
});

it.each<[string, Grant['emailOmitted']]>([
  ['ERR_PROFILE_NO_EMAIL', undefined],
  ['ERR_EMAIL_NOT_VERIFIED', 'ERR_EMAIL_NOT_VERIFIED'],
  ['ERR_PROFILE_EMAIL_INVALID', 'ERR_PROFILE_EMAIL_INVALID'],
])('the gate of domains refuses a login without a vouched address with %s', async (code, emailOmitted) => {
  const login = { profile: {}, ...(emailOmitted && { emailOmitted }) };
  expect(await codeFor(login, { domains: ['acme.org'] })).toBe(code);
});

describe('a gate without evidence lets nobody in', () => {
  it.each<[keyof AllowBlock, string, string]>([
    ['users', 'jane', 'ERR_GATE_USER'],
    ['groups', 'staff', 'ERR_GATE_GROUP'],
    ['hostedDomains', 'acme.org', 'ERR_GATE_HOSTED_DOMAIN'],
    ['githubOrganizations', 'acme', 'ERR_GATE_GITHUB_ORGANIZATION'],
    ['githubTeams', 'acme/platform', 'ERR_GATE_GITHUB_TEAM'],
  ])('%s', async (key, entry, code) => {
    const allow = { [key]: [entry] };
    const tellings = [undefined, null, [], entry, { [entry]: true }, [null], [[entry]], [{ entry }], ['']];
    for (const told of tellings) {
      const login = { evidence: { [key]: told } } as unknown as Partial<Grant>;
      expect(await codeFor(login, allow)).toBe(code);
    }
    expect(await codeFor({}, allow)).toBe(code);
    // What another gate was told is no answer, nor is what the person wrote of themself.
    const other = key === 'groups' ? 'users' : 'groups';
    const login = { profile: { displayName: entry }, evidence: { [other]: [entry] } };
    expect(await codeFor(login, allow)).toBe(code);
  });
});

it.each<[string, Partial<Grant>, AllowBlock, string]>([
  ['a subject in another letter case', { evidence: { users: ['AbC'] } }, { users: ['abc'] }, 'ERR_GATE_USER'],
  [
    'a group in another letter case',
    { evidence: { groups: ['Staff'] } },
    { groups: ['staff'] },
    'ERR_GATE_GROUP',
  ],
  [
    'a listed name with a space',
    { evidence: { groups: ['staff '] } },
    { groups: ['staff'] },
    'ERR_GATE_GROUP',
  ],
  [
    'a sub-address of a listed address',
    { profile: { email: 'jane+x@acme.org' } },
    { users: ['jane@acme.org'] },
    'ERR_GATE_USER',
  ],
  [
    'the Kelvin sign for a k',
    { profile: { email: '\u212Aim@acme.org' } },
    { users: ['kim@acme.org'] },
    'ERR_GATE_USER',
  ],
  [
    'a team of another organization',
    { evidence: { githubTeams: ['evil/platform'] } },
    { githubTeams: ['acme/platform'] },
    'ERR_GATE_GITHUB_TEAM',
  ],
  [
    'a group claim that spells a reference of the catalog',
    { evidence: { groups: ['group:default/admins'] } },
    { groups: ['group:default/admins'] },
    'ERR_GATE_GROUP',
  ],
  [
    'a name at the provider that spells a reference of the catalog',
    { evidence: { users: ['user:default/jane'] } },
    { users: ['user:default/jane'] },
    'ERR_GATE_USER',
  ],
])('a gate does not pass %s', async (_, login, allow, code) => {
  expect(await codeFor(login, allow)).toBe(code);
});

it('a gate is judged before any resolver runs', async () => {
  let isAsked = false;
  const { code } = await evaluate(
    { profile: { email: 'mallory@evil.com' } },
    {
      everywhere: { domains: ['acme.org'] },
      resolvers: [
        (_, context) => {
          isAsked = true;
          return context.pass();
        },
      ],
    },
  );
  expect([code, isAsked]).toEqual(['ERR_GATE_DOMAIN', false]);
});

it('a gate that names users lets no ephemeral person in under another reference', async () => {
  const ephemeral = createJudging({ onMissing: 'ephemeral' });
  const login = { profile: { email: 'mallory@acme.org' } };
  const rules = { everywhere: { users: ['user:default/jane'] }, resolvers: [passing] };
  expect(await ephemeral.evaluate(login, rules)).toMatchObject({ code: 'ERR_GATE_USER' });
  const named = { everywhere: { users: ['user:ephemeral/Mallory@acme.org'] }, resolvers: [passing] };
  expect(await ephemeral.evaluate(login, named)).toMatchObject({ sub: 'user:ephemeral/mallory@acme.org' });
});
