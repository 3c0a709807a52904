import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoPeople, startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { ProviderGrant } from '@vestibule/plugin-auth-node';
import type { OidcProvider } from './authenticator.ts';
import type { OidcResult } from './result.ts';
import { callbackUrl, configuredProvider, exchangeOf, signIn, start } from './testing/signIn.ts';

const jane = demoPeople.find(({ id }) => id === 'jane')!;
const client = { clientId: 'vestibule', clientSecret: 'dev-only-secret+/~' };

let idp: DevIdpServer;
let http: OutboundHttp;
let oidc: OidcProvider;

beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startDevIdp({ clients: [{ ...client, redirectUris: [callbackUrl] }] });
  oidc = configuredProvider({ metadataUrl: idp.metadataUrl, http, ...client });
});

afterAll(async () => {
  await idp.stop();
  await http.close();
});

const as = (person: string) => ({
  authorize: async (url: URL) => new URL(await idp.authorize(url.href, { as: person })),
});

function refreshOf({ tokens, subject, issuer }: ProviderGrant<OidcResult>, nonce?: string) {
  const signal = AbortSignal.timeout(10_000);
  return {
    refreshToken: tokens.refreshToken ?? '',
    scopes: [],
    subject,
    issuer,
    signal,
    ...(nonce && { nonce }),
  };
}

describe('against a real OpenID Provider', () => {
  it('signs Jane in, refreshes, and revokes', async () => {
    const attempt = await start(oidc, ['offline_access']);
    const callback = await as('jane').authorize(attempt.url);
    const grant = await oidc.exchange(exchangeOf(attempt, callback));
    expect(grant).toMatchObject({
      subject: 'jane',
      issuer: idp.issuer,
      profile: { email: jane.email, displayName: jane.name, picture: expect.stringMatching(/^http/) },
      tokens: { refreshToken: expect.any(String), expiresInSeconds: 3600 },
    });

    idp.changePerson('jane', { name: 'Jane Roe' });
    const renewed = await oidc.refresh(refreshOf(grant, attempt.nonce));
    expect(renewed.profile.displayName).toBe('Jane Roe');
    expect(renewed.tokens.accessToken).not.toBe(grant.tokens.accessToken);

    await oidc.revoke({ ...grant.tokens, signal: AbortSignal.timeout(5000) });
    await expect(oidc.refresh(refreshOf(grant))).rejects.toMatchObject({ providerError: 'invalid_grant' });
  });

  it('leaves out an address that is not verified', async () => {
    const grant = await signIn(oidc, as('sam'));
    expect(grant).toMatchObject({ subject: 'sam', emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' });
    expect(grant.profile).not.toHaveProperty('email');
  });

  it('hears it when the person refuses', async () => {
    const authorize = async (url: URL): Promise<URL> =>
      new URL(await idp.authorize(url.href, { refuse: true }));
    await expect(signIn(oidc, { authorize })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'access_denied',
    });
  });

  it('succeeds although the keys are rotated during the login', async () => {
    const attempt = await start(oidc);
    const callback = await as('omar').authorize(attempt.url);
    await idp.rotateKeys();
    await expect(oidc.exchange(exchangeOf(attempt, callback))).resolves.toMatchObject({ subject: 'omar' });
  });
});
