/** A provider without a userinfo endpoint: what the ID token says is all there is. */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { EarlierGrant, ProviderGrant } from '@vestibule/plugin-auth-node';
import type { OidcProvider } from './authenticator.ts';
import type { OidcResult } from './result.ts';
import { configuredProvider, signIn } from './testing/signIn.ts';

const person = { name: 'Jane Doe', email: 'jane@example.com', email_verified: true };
let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;
let oidc: OidcProvider;

beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startScriptedOpenIdProvider();
  idp.scripts.metadata = (honest) => ({
    ...honest,
    body: { ...(honest.body as object), userinfo_endpoint: undefined },
  });
  oidc = configuredProvider({ metadataUrl: idp.metadataUrl, http });
});

afterEach(() => {
  idp.requests.length = 0;
});

afterAll(async () => {
  await idp.close();
  await http.close();
});

function claim(changes: object): void {
  idp.idTokenScript = ({ header, claims, sign }) => sign(header, { ...claims, ...changes });
}

async function login(): Promise<ProviderGrant<OidcResult>> {
  claim(person);
  return signIn(oidc, { authorize: (url) => idp.authorize(url), scopes: ['offline_access'] });
}

async function refresh(grant: ProviderGrant<OidcResult>, earlier?: EarlierGrant) {
  return oidc.refresh({
    refreshToken: grant.tokens.refreshToken ?? '',
    scopes: [],
    subject: grant.subject,
    issuer: grant.issuer,
    ...(earlier && { earlier }),
    signal: AbortSignal.timeout(10_000),
  });
}

it('signs in with the claims of the verified ID token', async () => {
  const grant = await login();
  expect(grant).toMatchObject({
    subject: 'jane-123',
    profile: { email: 'jane@example.com', displayName: 'Jane Doe' },
    result: { fullProfile: { userinfo: { sub: 'jane-123', ...person } } },
  });
  expect(idp.requests.map(({ endpoint }) => endpoint)).not.toContain('userinfo');
});

it('takes the claims of a new ID token at a refresh', async () => {
  const grant = await login();
  claim({ ...person, name: 'Jane Roe', email_verified: false });
  const renewed = await refresh(grant, { result: grant.result });
  expect(renewed).toMatchObject({
    profile: { displayName: 'Jane Roe' },
    emailOmitted: 'ERR_EMAIL_NOT_VERIFIED',
  });
  expect(renewed.profile).not.toHaveProperty('email');
});

it('keeps what it knew where a refresh says nothing new', async () => {
  const grant = await login();
  idp.idTokenScript = () => undefined;
  const renewed = await refresh(grant, { result: grant.result });
  expect(renewed.profile).toEqual(grant.profile);
  expect(renewed.result.fullProfile.userinfo).toEqual(grant.result.fullProfile.userinfo);
  expect(renewed.result.fullProfile.tokenset.access_token).toBe(renewed.tokens.accessToken);
});

it('takes what was known of somebody else, or nothing known, for no login', async () => {
  const grant = await login();
  idp.idTokenScript = () => undefined;
  const foreign = structuredClone(grant.result);
  foreign.fullProfile.userinfo.sub = 'somebody-else';
  for (const earlier of [undefined, { result: foreign }]) {
    await expect(refresh(grant, earlier)).rejects.toMatchObject({ code: 'ERR_PROVIDER_ANSWER_INVALID' });
  }
});
