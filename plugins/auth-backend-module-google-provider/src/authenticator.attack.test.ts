import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { generateKeyPair } from 'jose';
import type { GoogleProvider } from './authenticator.ts';
import {
  callbackUrl,
  client,
  configuredGoogle,
  endpointsOfScripted,
  exchangeOf,
  refreshOf,
  signIn,
  start,
} from './testing/signIn.ts';

const jane = { sub: 'jane-123', name: 'Jane Doe', email: 'jane@example.com', email_verified: true };
const questions = { hostedDomains: ['example.com'] };

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;
let google: GoogleProvider;

beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startScriptedOpenIdProvider(client);
});

beforeEach(() => {
  google = configuredGoogle({ endpoints: endpointsOfScripted(idp), http });
  // As Google does it: the hosted domain stands in both documents.
  idp.person = { ...jane, hd: 'example.com' };
  claim({ hd: 'example.com' });
});

afterEach(() => {
  idp.scripts = {};
  idp.requests.length = 0;
});

afterAll(async () => {
  await idp.close();
  await http.close();
});

/** The stand-in gives a refresh token for a scope, Google for `access_type=offline`. */
function authorize(url: URL): Promise<URL> {
  const asked = new URL(url);
  asked.searchParams.append('scope', 'offline_access');
  asked.searchParams.set('scope', asked.searchParams.getAll('scope').join(' '));
  return idp.authorize(asked);
}

/** Puts claims into every ID token. */
function claim(changes: Record<string, unknown>): void {
  idp.idTokenScript = ({ header, claims, sign }) => sign(header, { ...claims, ...changes });
}

function refusal(check: string): object {
  return expect.objectContaining({
    code: 'ERR_PROVIDER_ANSWER_INVALID',
    name: 'AuthenticationError',
    message: "The sign-in provider's answer could not be verified.",
    hint: expect.stringContaining(check),
  });
}

describe('the hosted domain that a gate judges', () => {
  it.each<[string, unknown, Record<string, unknown>, string[]]>([
    ['userinfo alone names it', undefined, { hd: 'example.com' }, []],
    ['only the address has that domain', undefined, { hd: undefined }, []],
    [
      'userinfo names another one than the signed token',
      'evil.example',
      { hd: 'example.com' },
      ['evil.example'],
    ],
    ['it is a list', ['example.com'], {}, []],
    ['it is an object', { toString: 'example.com' }, {}, []],
    ['it is empty', '', {}, []],
  ])(
    'is what the signed ID token says and nothing else, also where %s',
    async (_title, hd, person, known) => {
      claim({ hd });
      idp.person = { ...idp.person, ...person };
      expect((await signIn(google, authorize, questions)).evidence).toEqual({ hostedDomains: known });
    },
  );

  it('is not that of a sign-in from before, where userinfo has another one at the refresh', async () => {
    const grant = await signIn(google, authorize, questions);
    const earlier = { result: grant.result, evidence: grant.evidence! };
    idp.idTokenScript = () => undefined;
    for (const hd of ['evil.example', undefined]) {
      idp.person = { ...jane, hd };
      const renewed = await google.refresh(refreshOf(grant, { questions, earlier }));
      expect(renewed.evidence).toEqual({ hostedDomains: [] });
    }
  });

  it('is not known at a refresh where no signed token ever told it', async () => {
    const grant = await signIn(google, authorize);
    idp.idTokenScript = () => undefined;
    for (const earlier of [undefined, { result: grant.result }]) {
      const renewed = await google.refresh(refreshOf(grant, { questions, ...(earlier && { earlier }) }));
      expect(renewed.evidence).toEqual({});
    }
  });

  it('at a refresh is that of the new ID token, which may have lost it', async () => {
    const grant = await signIn(google, authorize, questions);
    const earlier = { result: grant.result, evidence: grant.evidence! };
    claim({ hd: undefined });
    const renewed = await google.refresh(refreshOf(grant, { questions, earlier }));
    expect(renewed.evidence).toEqual({ hostedDomains: [] });
  });

  it('is asked for with a hint that cannot break out of its parameter', async () => {
    const { url } = await start(google, { hostedDomains: ['example.com&prompt=none', 'a b', 'example.com'] });
    expect(url.searchParams.get('hd')).toBe('example.com');
    expect(url.searchParams.getAll('prompt')).toEqual(['consent']);
  });
});

describe('a Google login is refused when', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['the issuer', 'ID token iss', { iss: 'https://accounts.google.com.evil.example' }],
    ['the audience', 'ID token aud', { aud: 'another-client' }],
    [
      'the authorized party',
      'ID token azp',
      { aud: [client.clientId, 'another-client'], azp: 'another-client' },
    ],
    ['the nonce', 'ID token nonce', { nonce: 'another' }],
    ['the time of issue', 'ID token iat', { iat: Math.floor(Date.now() / 1000) + 3600 }],
    ['the expiry', 'ID token exp', { exp: 1 }],
    ['the subject', 'ID token sub', { sub: '' }],
    ['the hash of the access token', 'ID token at_hash', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('its correctly signed ID token lies about %s', async (_title, check, lie) => {
    claim(lie);
    await expect(signIn(google, authorize, questions)).rejects.toEqual(refusal(check));
  });

  it("its ID token is signed by somebody else's key", async () => {
    const { privateKey } = await generateKeyPair('RS256');
    idp.idTokenScript = ({ header, claims, sign }) =>
      sign(header, { ...claims, hd: 'example.com' }, privateKey);
    await expect(signIn(google, authorize, questions)).rejects.toEqual(refusal('signature'));
    expect(idp.requests.map(({ endpoint }) => endpoint)).not.toContain('userinfo');
  });

  it('its ID token is not signed, or with the client secret', async () => {
    for (const alg of ['none', 'HS256']) {
      idp.idTokenScript = ({ header, claims, sign }) =>
        alg === 'none'
          ? `${[{ ...header, alg }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
          : sign({ ...header, alg }, claims, new TextEncoder().encode(client.clientSecret.padEnd(32, '0')));
      await expect(signIn(google, authorize, questions)).rejects.toMatchObject({
        code: 'ERR_PROVIDER_ANSWER_INVALID',
      });
    }
  });

  it('it has no ID token', async () => {
    idp.idTokenScript = () => undefined;
    await expect(signIn(google, authorize)).rejects.toEqual(refusal('token answer'));
  });

  it('userinfo speaks of somebody else', async () => {
    idp.scripts.userinfo = (honest) => ({ ...honest, body: { ...jane, sub: 'somebody-else' } });
    await expect(signIn(google, authorize)).rejects.toEqual(refusal('userinfo'));
  });

  it('the callback names another issuer, and then no code is redeemed', async () => {
    const attempt = await start(google);
    const callback = await idp.authorize(attempt.url);
    callback.searchParams.set('iss', 'https://evil.example');
    await expect(google.exchange(exchangeOf(attempt, callback))).rejects.toEqual(refusal('callback iss'));
    expect(idp.requests.map(({ endpoint }) => endpoint)).not.toContain('token');
  });

  it('its state is that of another attempt, and then no code is redeemed', async () => {
    const attempt = await start(google);
    const callback = await idp.authorize(attempt.url);
    callback.searchParams.set('state', 'another');
    await expect(google.exchange(exchangeOf(attempt, callback))).rejects.toEqual(refusal('token answer'));
    expect(idp.requests.map(({ endpoint }) => endpoint)).not.toContain('token');
  });
});

describe('a code of Google is worth nothing', () => {
  const refused = expect.objectContaining({ code: 'ERR_PROVIDER_REFUSED', providerError: 'invalid_grant' });

  it('when it was made up', async () => {
    const attempt = await start(google);
    const callback = new URL(`${callbackUrl}?code=made-up&state=${attempt.state}`);
    await expect(google.exchange(exchangeOf(attempt, callback))).rejects.toEqual(refused);
  });

  it('with the PKCE verifier of another attempt', async () => {
    const [attempt, other] = [await start(google), await start(google)];
    const callback = await idp.authorize(attempt.url);
    const stolen = exchangeOf(attempt, callback, { codeVerifier: other.codeVerifier });
    await expect(google.exchange(stolen)).rejects.toEqual(refused);
  });

  it('when it was injected into another attempt: the nonce differs', async () => {
    const [victim, attacker] = [await start(google), await start(google)];
    const callback = await idp.authorize(attacker.url);
    callback.searchParams.set('state', victim.state);
    const injected = exchangeOf(victim, callback, { codeVerifier: attacker.codeVerifier });
    await expect(google.exchange(injected)).rejects.toMatchObject({ code: 'ERR_PROVIDER_ANSWER_INVALID' });
  });
});

describe('a refresh at Google is refused when', () => {
  it('the session is of another issuer, and then its refresh token is sent to nobody', async () => {
    const grant = await signIn(google, authorize);
    idp.requests.length = 0;
    await expect(google.refresh(refreshOf(grant, { issuer: 'https://evil.example' }))).rejects.toEqual(
      refusal('issuer of the session'),
    );
    expect(idp.requests).toEqual([]);
  });

  it('the new ID token or userinfo is of another person', async () => {
    const grant = await signIn(google, authorize);
    idp.person = { ...jane, sub: 'somebody-else' };
    await expect(google.refresh(refreshOf(grant))).rejects.toEqual(refusal('ID token sub'));
    idp.idTokenScript = () => undefined;
    await expect(google.refresh(refreshOf(grant))).rejects.toEqual(refusal('userinfo'));
  });
});
