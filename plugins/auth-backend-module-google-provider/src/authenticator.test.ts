import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmulatedGoogle, type EmulatedVendor } from '@vestibule/emulated-vendors';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { GateQuestions } from '@vestibule/plugin-auth-node';
import type { GoogleProvider } from './authenticator.ts';
import {
  callbackUrl,
  client,
  configuredGoogle,
  endpointsOf,
  exchangeOf,
  refreshOf,
  requiredScopes,
  signIn,
  start,
} from './testing/signIn.ts';

const people = [
  { id: 'jane', name: 'Jane Doe', email: 'jane@example.com', hostedDomain: 'example.com' },
  { id: 'sam', name: 'Sam Okafor', email: 'sam@example.com', emailVerified: false },
  { id: 'kim', name: 'Kim', email: 'kim@example.com', hostedDomain: false as const },
];
let vendor: EmulatedVendor;
let http: OutboundHttp;
let google: GoogleProvider;

beforeAll(async () => {
  http = createOutboundHttp();
  vendor = await startEmulatedGoogle({
    clients: [{ ...client, redirectUris: [callbackUrl] }],
    people,
  });
  google = configuredGoogle({ endpoints: endpointsOf(vendor), http });
});

afterEach(() => vendor.resetRequests());

afterAll(async () => {
  await vendor.stop();
  await http.close();
});

const as = (person: string) => (url: URL) => vendor.authorize(url, { as: person });

describe('the authorization URL', () => {
  it("leads to Google's own endpoint and asks for offline access, with PKCE S256, state and nonce", async () => {
    const { url, state, nonce } = await start(configuredGoogle({ http }));
    expect(url.origin + url.pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'test-client',
      response_type: 'code',
      scope: requiredScopes.join(' '),
      redirect_uri: callbackUrl,
      state,
      nonce,
      code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge_method: 'S256',
      access_type: 'offline',
      include_granted_scopes: 'true',
      prompt: 'consent',
    });
  });

  it.each<[string, Record<string, unknown>, string | null]>([
    ['what the config says', { prompt: 'select_account consent' }, 'select_account consent'],
    ['none with auto', { prompt: 'auto' }, null],
    ['what the config says, none', { prompt: 'none' }, 'none'],
  ])('asks for prompt: %s', async (_title, keys, prompt) => {
    const { url } = await start(configuredGoogle({ http, keys }));
    expect(url.searchParams.get('prompt')).toBe(prompt);
  });

  it.each<[string, GateQuestions | undefined, string | null]>([
    ['nothing without a gate', undefined, null],
    ['nothing for another gate', { users: ['jane@example.com'] }, null],
    ['the one domain', { hostedDomains: ['example.com'] }, 'example.com'],
    ['the one domain, however it is spelt', { hostedDomains: ['Example.com', 'example.COM'] }, 'example.com'],
    ['any organization for several', { hostedDomains: ['example.com', 'example.org'] }, '*'],
  ])('hints at the accounts that can pass: %s', async (_title, questions, hint) => {
    const { url } = await start(configuredGoogle({ http }), questions);
    expect(url.searchParams.get('hd')).toBe(hint);
  });
});

describe('a login', () => {
  it('gives subject, issuer, profile, result and tokens', async () => {
    const grant = await signIn(google, as('jane'));
    const { accessToken, idToken } = grant.tokens;
    expect(grant).toEqual({
      subject: expect.stringMatching(/./),
      issuer: vendor.url,
      profile: { email: 'jane@example.com', displayName: 'Jane Doe' },
      claimSources: expect.objectContaining({
        sub: 'userinfo',
        email: 'userinfo',
        email_verified: 'userinfo',
      }),
      result: {
        fullProfile: {
          id: grant.subject,
          provider: 'google',
          displayName: 'Jane Doe',
          name: { givenName: 'Jane', familyName: 'Doe' },
          emails: [{ value: 'jane@example.com', verified: true }],
          _json: expect.objectContaining({ sub: grant.subject, hd: 'example.com' }),
        },
        session: {
          accessToken,
          tokenType: 'bearer',
          idToken,
          scope: requiredScopes.join(' '),
          expiresInSeconds: 3600,
        },
      },
      tokens: {
        accessToken: expect.any(String),
        tokenType: 'bearer',
        idToken: expect.stringMatching(/^ey/),
        scopes: requiredScopes,
        expiresInSeconds: 3600,
        refreshToken: expect.any(String),
      },
    });
    expect(JSON.stringify(grant.result)).not.toContain(grant.tokens.refreshToken);
    expect(JSON.parse(JSON.stringify(grant.result))).toEqual(grant.result);
  });

  it('sends the secret in the form, and the verifier of its own attempt', async () => {
    const attempt = await start(google);
    const callback = await as('jane')(attempt.url);
    await google.exchange(exchangeOf(attempt, callback));
    const [token] = vendor.requests();
    expect(token).toMatchObject({ method: 'POST', path: '/oauth2/token' });
    expect(token!.headers).not.toHaveProperty('authorization');
    expect(Object.fromEntries(new URLSearchParams(token!.body))).toEqual({
      grant_type: 'authorization_code',
      code: new URL(callback).searchParams.get('code'),
      redirect_uri: callbackUrl,
      code_verifier: attempt.codeVerifier,
      client_id: 'test-client',
      client_secret: 'test-secret',
    });
  });

  it('leaves an address out of the profile that Google does not call verified', async () => {
    const { profile, emailOmitted, result } = await signIn(google, as('sam'), { users: ['x'] });
    expect(profile).toEqual({ displayName: 'Sam Okafor' });
    expect(emailOmitted).toBe('ERR_EMAIL_NOT_VERIFIED');
    expect(result.fullProfile.emails).toEqual([{ value: 'sam@example.com', verified: false }]);
  });
});

describe('the gates', () => {
  it('learn the hosted domain, and the names by which Google knows the person', async () => {
    const questions = { hostedDomains: ['example.com'], users: ['jane@example.com'] };
    const { evidence, subject } = await signIn(google, as('jane'), questions);
    expect(evidence).toEqual({ hostedDomains: ['example.com'], users: [subject, 'jane@example.com'] });
  });

  it('learn nothing that was not asked for', async () => {
    expect(await signIn(google, as('jane'))).not.toHaveProperty('evidence');
    const { evidence } = await signIn(google, as('jane'), { hostedDomains: ['example.com'] });
    expect(evidence).toEqual({ hostedDomains: ['example.com'] });
  });

  it('learn that a private account belongs to no organization, whatever its address', async () => {
    const { evidence } = await signIn(google, as('kim'), { hostedDomains: ['example.com'] });
    expect(evidence).toEqual({ hostedDomains: [] });
  });

  it('do not take an unverified address for a name', async () => {
    const { evidence, subject } = await signIn(google, as('sam'), { users: ['sam@example.com'] });
    expect(evidence).toEqual({ users: [subject] });
  });
});

describe('a refresh', () => {
  it('gives new tokens and the person', async () => {
    const grant = await signIn(google, as('jane'));
    const renewed = await google.refresh(refreshOf(grant));
    expect(renewed.tokens.accessToken).not.toBe(grant.tokens.accessToken);
    expect(renewed).toMatchObject({
      subject: grant.subject,
      issuer: grant.issuer,
      profile: grant.profile,
      result: {
        fullProfile: grant.result.fullProfile,
        session: { accessToken: renewed.tokens.accessToken },
      },
    });
    // The emulator gives neither; Google gives a new ID token.
    expect(renewed.tokens).not.toHaveProperty('idToken');
    expect(renewed.tokens).not.toHaveProperty('refreshToken');
    expect(renewed.result.session).not.toHaveProperty('idToken');
  });

  it('repeats the hosted domain that a signed token told, where there is no new token', async () => {
    const questions = { hostedDomains: ['example.com'] };
    const grant = await signIn(google, as('jane'), questions);
    const earlier = { result: grant.result, evidence: grant.evidence! };
    const renewed = await google.refresh(refreshOf(grant, { questions, earlier }));
    expect(renewed.evidence).toEqual({ hostedDomains: ['example.com'] });
  });

  it('is a definite no once the person has removed the application', async () => {
    const grant = await signIn(google, as('jane'));
    await vendor.revoke('jane');
    await expect(google.refresh(refreshOf(grant))).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError: 'invalid_grant',
    });
  });
});

describe('a revocation', () => {
  it('ends the grant and carries the token alone', async () => {
    const grant = await signIn(google, as('jane'));
    vendor.resetRequests();
    await google.revoke({ ...grant.tokens, signal: AbortSignal.timeout(5000) });
    const [request] = vendor.requests();
    expect(request).toMatchObject({ method: 'POST', path: '/oauth2/revoke', status: 200 });
    expect(Object.fromEntries(new URLSearchParams(request!.body))).toEqual({
      token: grant.tokens.refreshToken,
    });
    expect(request!.headers).not.toHaveProperty('authorization');
    await expect(google.refresh(refreshOf(grant))).rejects.toMatchObject({ providerError: 'invalid_grant' });
  });
});
