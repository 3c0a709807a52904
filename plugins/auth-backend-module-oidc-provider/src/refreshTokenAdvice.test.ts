/** What is told where a login came without a refresh token: the next thing to change. */
import { describe, expect, it } from '@jest/globals';
import { refreshTokenAdvice } from './authenticator.ts';

const path = 'auth.providers.oidc.production';
const offline = ['openid', 'offline_access'];

describe('the advice', () => {
  it.each([
    [{}, ['openid'], `Add offline_access to ${path}.additionalScopes.`],
    [{ prompt: 'consent' }, ['openid'], `Add offline_access to ${path}.additionalScopes.`],
    [{ prompt: 'auto' }, offline, `Remove ${path}.prompt, or make it 'consent'`],
    [{ prompt: 'login' }, offline, `Remove ${path}.prompt, or make it 'consent'`],
    [{}, offline, 'Allow refresh tokens (offline access) for this client at the provider.'],
    [{ metadataUrl: 'https://accounts.google.com' }, ['openid'], "Use the provider 'google'"],
    [{ prompt: 'login consent' }, offline, 'Allow refresh tokens (offline access)'],
  ])('with %j and the scopes %j is: %3$s', (settings, scopes, expected) => {
    const metadataUrl = 'https://id.example.com';
    expect(refreshTokenAdvice({ settings: { metadataUrl, ...settings }, scopes, path })).toContain(expected);
  });
});
