import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startScriptedOpenIdProvider,
  type HonestIdToken,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { generateKeyPair } from 'jose';
import { createProviderKeySet, type ProviderKeySet } from './providerKeySet.ts';
import { verifyLogoutToken, type LogoutToken } from './verifyLogoutToken.ts';

const event = 'http://schemas.openid.net/event/backchannel-logout';

let provider: ScriptedOpenIdProvider;
let http: OutboundHttp;
let keySet: ProviderKeySet;
/** What an ID token of the provider was made with. */
let honest: HonestIdToken;

beforeAll(async () => {
  http = createOutboundHttp();
  provider = await startScriptedOpenIdProvider({});
  const { issuer, clientId, clientSecret } = provider;
  keySet = createProviderKeySet({
    jwksUri: `${issuer}/keys`,
    http,
    timeoutMilliseconds: 5000,
    now: Date.now,
  });
  provider.idTokenScript = async (given) => {
    honest = given;
    return given.sign(given.header, given.claims);
  };
  const redirectUri = 'http://127.0.0.1/callback';
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    nonce: 'n',
    state: 'x',
  });
  const callback = await provider.authorize(`${issuer}/authorization?${query}`);
  await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
    }),
  });
});

afterAll(async () => {
  await provider.close();
  await http.close();
});

const seconds = (): number => Math.floor(Date.now() / 1000);

const goodClaims = (): Record<string, unknown> => ({
  iss: provider.issuer,
  aud: provider.clientId,
  iat: seconds(),
  exp: seconds() + 120,
  jti: 'one-token',
  events: { [event]: {} },
  sub: 'jane-123',
  sid: 'a-session',
});

const sign = async (
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  key?: Parameters<HonestIdToken['sign']>[2],
): Promise<string> => honest.sign({ ...honest.header, typ: 'logout+jwt', ...header }, claims, key);

async function verify(token: string): Promise<LogoutToken> {
  return verifyLogoutToken(token, {
    keySet,
    issuer: provider.issuer,
    clientId: provider.clientId,
    algorithms: ['RS256'],
    now: Date.now,
    signal: AbortSignal.timeout(10_000),
  });
}

const withClaims = async (changes: Record<string, unknown>): Promise<string> =>
  sign({}, { ...goodClaims(), ...changes });

const refusal = (check: string): object =>
  expect.objectContaining({
    code: 'ERR_PROVIDER_ANSWER_INVALID',
    hint: expect.stringContaining(`logout token ${check}`),
  });

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('an honest logout token', () => {
  it.each<[string, Record<string, unknown>, object]>([
    ['names person and session', {}, { subject: 'jane-123', sessionId: 'a-session' }],
    ['names the session alone', { sub: undefined }, { sessionId: 'a-session' }],
    ['names the person alone', { sid: undefined }, { subject: 'jane-123' }],
    ['has several audiences', { aud: ['test-client', 'other'] }, { subject: 'jane-123' }],
    ['was issued by a clock that is 59 s ahead', { iat: seconds() + 59 }, { subject: 'jane-123' }],
    ['has further events', { events: { [event]: { more: 1 }, other: {} } }, { subject: 'jane-123' }],
  ])('counts where it %s', async (_title, changes, expected) => {
    await expect(verify(await withClaims(changes))).resolves.toMatchObject({
      issuer: provider.issuer,
      tokenId: 'one-token',
      ...expected,
    });
  });

  it.each([undefined, 'JWT', 'application/logout+jwt', 'Logout+JWT'])('counts with typ %p', async (typ) => {
    await expect(verify(await sign({ typ }, goodClaims()))).resolves.toBeDefined();
  });
});

describe('a logout token is refused when', () => {
  it.each(['none', 'None', 'HS256'])('step 3: it names alg %s', async (alg) => {
    const token = `${encode({ ...honest.header, alg })}.${encode(goodClaims())}.`;
    await expect(verify(token)).rejects.toEqual(refusal('alg'));
  });

  it('step 2: somebody else has signed it', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    await expect(verify(await sign({}, goodClaims(), privateKey))).rejects.toEqual(refusal('signature'));
  });

  it('step 2: its claims are not those that were signed', async () => {
    const [head = '', , signature = ''] = (await withClaims({})).split('.');
    const token = `${head}.${encode({ ...goodClaims(), sub: 'kim' })}.${signature}`;
    await expect(verify(token)).rejects.toEqual(refusal('signature'));
  });

  it.each(['at+jwt', 'secevent+jwt', 'logout+jwt2', 7])('it is of another kind: typ %p', async (typ) => {
    await expect(verify(await sign({ typ }, goodClaims()))).rejects.toEqual(refusal('header typ'));
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['step 4: iss is another issuer', 'iss', { iss: 'https://other.example.com' }],
    ['step 4: iss is missing', 'iss', { iss: undefined }],
    ['step 4: aud is another client', 'aud', { aud: 'other-client' }],
    ['step 4: aud is missing', 'aud', { aud: undefined }],
    ['step 4: exp has passed', 'exp', { exp: seconds() - 1 }],
    ['step 4: exp is missing', 'exp', { exp: undefined }],
    ['step 4: iat is missing', 'iat', { iat: undefined }],
    ['step 4: iat is far ahead', 'iat', { iat: seconds() + 600 }],
    ['step 5: it has neither sub nor sid', 'sub', { sub: undefined, sid: undefined }],
    ['step 5: sub and sid are empty', 'sub', { sub: '', sid: '' }],
    ['step 5: sid is no text', 'sid', { sid: { a: 1 } }],
    ['step 5: sub is longer than a subject can be', 'sub', { sub: 'x'.repeat(256) }],
    ['step 6: it has no events', 'events', { events: undefined }],
    ['step 6: its events are a list', 'events', { events: [event] }],
    ['step 6: its event is another one', 'events', { events: { 'https://other.example.com': {} } }],
    ['step 6: its event is no object', 'events', { events: { [event]: true } }],
    ['step 7: it has a nonce', 'nonce', { nonce: 'n' }],
    ['step 7: it has an empty nonce', 'nonce', { nonce: '' }],
    ['step 8: it has no jti, by which it would count once', 'jti', { jti: undefined }],
  ])('%s', async (_title, check, changes) => {
    await expect(verify(await withClaims(changes))).rejects.toEqual(refusal(check));
  });

  it('it is an ID token', async () => {
    await expect(verify(await honest.sign(honest.header, honest.claims))).rejects.toEqual(refusal(''));
  });
});
