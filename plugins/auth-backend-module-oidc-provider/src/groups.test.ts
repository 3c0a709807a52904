import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { providerDefinitionOf, type GateQuestions } from '@vestibule/plugin-auth-node';
import { oidcProviderFactory } from './module.ts';
import { configuredProvider, exchangeOf, start } from './testing/signIn.ts';

const jane = { sub: 'jane-123', name: 'Jane Doe', email: 'jane@example.com', email_verified: true };
const questions: GateQuestions = { groups: ['admins'], users: ['jane-123'] };

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;

beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startScriptedOpenIdProvider();
});

afterEach(() => {
  idp.idTokenScript = undefined;
  idp.person = { ...jane };
});

afterAll(async () => {
  await idp.close();
  await http.close();
});

/** A login that gates have questions about. */
async function login(options: { keys?: Record<string, unknown>; asked?: GateQuestions } = {}) {
  const oidc = configuredProvider({ metadataUrl: idp.metadataUrl, http, ...options });
  const attempt = await start(oidc, ['offline_access']);
  const changes = options.asked ? { questions: options.asked } : {};
  const grant = await oidc.exchange(exchangeOf(attempt, await idp.authorize(attempt.url), changes));
  return { oidc, grant };
}

describe('the gates learn of an OpenID login', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, readonly string[] | undefined]>([
    ['the groups of userinfo', { groups: ['admins', 'team-a'] }, {}, ['admins', 'team-a']],
    ['the groups of the ID token where userinfo has none', {}, { groups: ['admins'] }, ['admins']],
    [
      'the groups of userinfo where both have some',
      { groups: ['team-a'] },
      { groups: ['admins'] },
      ['team-a'],
    ],
    ['that userinfo has an empty list', { groups: [] }, { groups: ['admins'] }, []],
    ['one group that is no list', { groups: 'admins' }, {}, ['admins']],
    ['texts only', { groups: ['admins', 7, null, { name: 'x' }, ['y']] }, {}, ['admins']],
    [
      'the keys of an object, but for those that it says no to',
      { groups: { admins: { org: 'acme.example' }, owners: false, readers: null, 'team-a': true } },
      {},
      ['admins', 'team-a'],
    ],
    ['nothing of a claim that is no text, list or object', { groups: 7 }, {}, []],
    [
      'the groups of the ID token where userinfo has null',
      { groups: null },
      { groups: ['admins'] },
      ['admins'],
    ],
    ['nothing where no document has the claim', {}, {}, undefined],
  ])('%s', async (_title, userinfo, idToken, groups) => {
    idp.person = { ...jane, ...userinfo };
    idp.idTokenScript = ({ header, claims, sign }) => sign(header, { ...claims, ...idToken });
    const { grant } = await login({ asked: questions });
    expect(grant.evidence).toEqual({ users: ['jane-123', 'jane@example.com'], ...(groups && { groups }) });
  });

  it.each(['roles', 'https://example.com/groups'])('the claim that groupsClaim names: %s', async (claim) => {
    idp.person = { ...jane, groups: ['team-a'], [claim]: ['admins'] };
    const { grant } = await login({ keys: { groupsClaim: claim }, asked: questions });
    expect(grant.evidence?.groups).toEqual(['admins']);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['realm_access.roles', 'a path', { realm_access: { roles: ['admins'] } }],
    ['resource_access.portal.roles', 'a longer path', { resource_access: { portal: { roles: ['admins'] } } }],
    [
      'resource_access.portal.acme.example.roles',
      'a path over a name with dots',
      { resource_access: { portal: { roles: [] }, 'portal.acme.example': { roles: ['admins'] } } },
    ],
    [
      'urn:zitadel:iam:org:project:roles',
      'an object under a name with colons',
      { 'urn:zitadel:iam:org:project:roles': { admins: { 206: 'acme.example' } } },
    ],
    [
      'https://acme.example/groups',
      'a URL, which is no path',
      { 'https://acme.example/groups': ['admins'], 'https://acme': { 'example/groups': ['no'] } },
    ],
    ['a.b', 'a name that is there before a path that is too', { 'a.b': ['admins'], a: { b: ['no'] } }],
  ])('the claim at %s: %s', async (claim, _what, claims) => {
    idp.person = { ...jane, ...claims };
    const { grant } = await login({ keys: { groupsClaim: claim }, asked: questions });
    expect(grant.evidence?.groups).toEqual(['admins']);
    expect(grant).not.toHaveProperty('unanswered');
  });

  it('the claim at a path in the ID token, where userinfo has it not', async () => {
    idp.idTokenScript = ({ header, claims, sign }) =>
      sign(header, { ...claims, realm_access: { roles: ['admins'] } });
    const { grant } = await login({ keys: { groupsClaim: 'realm_access.roles' }, asked: questions });
    expect(grant.evidence?.groups).toEqual(['admins']);
  });

  it.each<[string, Record<string, unknown>]>([
    [
      '_claim_names',
      { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://x' } } },
    ],
    ['hasgroups', { hasgroups: true }],
  ])('that there are too many groups to tell, by %s', async (_title, overage) => {
    idp.idTokenScript = ({ header, claims, sign }) => sign(header, { ...claims, ...overage });
    const { grant } = await login({ asked: questions });
    expect(grant.evidence).not.toHaveProperty('groups');
    expect(grant.unanswered?.groups).toMatch(
      /more groups than fit into a token.*assigned to the application/,
    );
  });

  it('which claims there are instead, where the one is missing', async () => {
    const { grant } = await login({ keys: { groupsClaim: 'roles' }, asked: questions });
    expect(grant.unanswered?.groups).toMatch(/claim 'roles' \(groupsClaim\); they have sub, name, email,/);
  });

  it.each([
    'constructor',
    '__proto__',
    'toString',
    'name.length',
    'groups.0',
    'a.__proto__',
    'a.constructor.name',
  ])('nothing of the prototype or of what is no object: %s', async (claim) => {
    idp.person = { ...jane, groups: ['admins'], a: {} };
    const { grant } = await login({ keys: { groupsClaim: claim }, asked: questions });
    expect(grant.evidence).not.toHaveProperty('groups');
  });

  it('no address that the provider does not vouch for, even where the operator trusts it as an address', async () => {
    idp.person = { ...jane, email_verified: false };
    const { grant } = await login({ keys: { dangerouslyTrustUnverifiedEmail: true }, asked: questions });
    expect(grant.evidence?.users).toEqual(['jane-123']);
  });

  it('nothing that was not asked', async () => {
    idp.person = { ...jane, groups: ['admins'] };
    expect((await login()).grant).not.toHaveProperty('evidence');
    expect((await login({ asked: { groups: ['admins'] } })).grant.evidence).toEqual({ groups: ['admins'] });
  });

  it('the groups as they are at a refresh, and none where the claim is gone', async () => {
    idp.person = { ...jane, groups: ['admins'] };
    const { oidc, grant } = await login({ asked: questions });
    const refresh = async () =>
      oidc.refresh({
        refreshToken: grant.tokens.refreshToken ?? '',
        scopes: [],
        subject: grant.subject,
        issuer: grant.issuer,
        questions,
        earlier: { result: grant.result, evidence: grant.evidence! },
        signal: AbortSignal.timeout(10_000),
      });
    idp.person = { ...jane, groups: ['team-a'] };
    expect((await refresh()).evidence?.groups).toEqual(['team-a']);
    idp.person = { ...jane };
    expect((await refresh()).evidence).not.toHaveProperty('groups');
  });
});

it('the definition names these gates, and the claims of userinfo', async () => {
  const definition = providerDefinitionOf(oidcProviderFactory);
  expect(definition).toMatchObject({ gates: { users: { scopes: [] }, groups: { scopes: [] } } });
  const { grant } = await login();
  if (definition?.kind !== 'oauth') throw new Error('no OAuth provider');
  expect(definition.claimsOf?.(grant.result)).toEqual(jane);
});
