/**
 * An OpenID Provider that answers today as it did when the fixture was made: whatever its port, it calls itself by one name,
 * and knows the refresh token that it gave then.
 */
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import type { ClockService } from '@vestibule/backend-plugin-api';
import { idpClientSecret } from './upgradedPortal.ts';

export const lastingIssuer = 'https://id.example.com';
export const lastingRefreshToken = 'refresh-token-of-the-fixture';

/**
 * @param clock - What time it is at the provider.
 * @param nameOf - What it calls itself, of its own address.
 */
export async function startLastingProvider(
  clock: ClockService,
  nameOf: (address: string) => string = () => lastingIssuer,
): Promise<ScriptedOpenIdProvider> {
  const provider = await startScriptedOpenIdProvider({ clientSecret: idpClientSecret, now: clock.now });
  const issuer = nameOf(provider.issuer);
  const idToken = (claims: object = {}) => {
    const issuedAt = Math.floor(clock.now() / 1000);
    const times = { iat: issuedAt, exp: issuedAt + 300, auth_time: issuedAt };
    const { sub } = provider.person;
    return { ...claims, ...times, iss: issuer, aud: provider.clientId, sub };
  };
  provider.idTokenScript = async ({ header, claims, sign }) => sign(header, idToken(claims));
  provider.scripts.metadata = (honest) => ({ ...honest, body: { ...bodyOf(honest), issuer } });
  provider.scripts.authorization = (honest) => {
    const callback = new URL(honest.headers['location'] ?? '');
    callback.searchParams.set('iss', issuer);
    return { ...honest, headers: { ...honest.headers, location: callback.href } };
  };
  provider.scripts.token = async (honest, { form }) => {
    if (form.get('refresh_token') === lastingRefreshToken) {
      const body = {
        access_token: 'access-token-of-a-refresh',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'openid profile email offline_access',
        id_token: await provider.sign(idToken()),
      };
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    }
    const body = bodyOf(honest);
    if (!('refresh_token' in body)) return honest;
    // So that the next refresh has to ask for new tokens.
    return { ...honest, body: { ...body, refresh_token: lastingRefreshToken, expires_in: 60 } };
  };
  // Any access token is Jane's: those of the fixture are not known any more.
  provider.scripts.userinfo = () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: provider.person,
  });
  return provider;
}

function bodyOf({ body }: { body: string | Record<string, unknown> }): Record<string, unknown> {
  return typeof body === 'string' ? {} : body;
}
