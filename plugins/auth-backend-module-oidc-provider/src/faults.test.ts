import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startScriptedOpenIdProvider,
  type AnswerScript,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import type { OidcProvider } from './authenticator.ts';
import { configuredProvider, exchangeOf, signIn, start } from './testing/signIn.ts';

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;
let patientHttp: OutboundHttp;

beforeAll(async () => {
  http = createOutboundHttp();
  patientHttp = createOutboundHttp({ timeoutMilliseconds: 600_000 });
  idp = await startScriptedOpenIdProvider();
});

afterEach(() => {
  idp.scripts = {};
  idp.requests.length = 0;
});

afterAll(async () => {
  await idp.close();
  await http.close();
  await patientHttp.close();
});

const authorize = (url: URL): Promise<URL> => idp.authorize(url);

function provider(now = Date.now, keys: Record<string, unknown> = {}): OidcProvider {
  return configuredProvider({ metadataUrl: idp.metadataUrl, http, keys, now });
}

const outage = expect.objectContaining({
  code: 'ERR_PROVIDER_UNAVAILABLE',
  name: 'ServiceUnavailableError',
  message: 'The sign-in provider cannot be reached right now.',
}) as object;

/** Somebody has to mend it; no session ends by it. */
const unreadable = expect.objectContaining({
  code: 'ERR_PROVIDER_ANSWER_UNREADABLE',
  name: 'Error',
  message: 'The sign-in provider gave an answer that this portal cannot read.',
}) as object;

const faults: [string, AnswerScript][] = [
  ['never answers', () => 'hang'],
  ['cuts the connection', () => 'reset'],
  ['answers 500', (honest) => ({ ...honest, status: 500, body: { error: 'server_error' } })],
  [
    'answers 503 with an OAuth error',
    (honest) => ({ ...honest, status: 503, body: { error: 'invalid_grant' } }),
  ],
  ['answers 429', (honest) => ({ ...honest, status: 429, body: { error: 'slow_down' } })],
  [
    'answers 400 with server_error',
    (honest) => ({ ...honest, status: 400, body: { error: 'server_error' } }),
  ],
];

const misanswers: [string, AnswerScript][] = [
  ['redirects', (honest) => ({ ...honest, status: 302, headers: { location: '/elsewhere' }, body: '' })],
  [
    'answers with a page',
    (honest) => ({ ...honest, headers: { 'content-type': 'text/html' }, body: '<p>Back soon.' }),
  ],
  [
    'answers 403 with a page',
    (honest) => ({ ...honest, status: 403, headers: { 'content-type': 'text/html' }, body: 'no' }),
  ],
  [
    'answers JSON that its type does not tell',
    (honest) => ({ ...honest, headers: { 'content-type': 'text/plain' } }),
  ],
  ['answers half a JSON', (honest) => ({ ...honest, body: '{"access_token": "a' })],
  ['answers a list', (honest) => ({ ...honest, body: '[]' })],
  ['answers nothing', (honest) => ({ ...honest, body: '' })],
];

describe.each(['metadata', 'token', 'userinfo'] as const)('when the endpoint for %s', (endpoint) => {
  it.each(faults)('%s, it is an outage', async (title, fault) => {
    idp.scripts[endpoint] = fault;
    // Only where nobody answers does the deadline matter; a short one elsewhere would fail on a busy machine.
    const keys = title === 'never answers' ? { timeout: '300ms' } : {};
    await expect(signIn(provider(Date.now, keys), { authorize })).rejects.toEqual(outage);
  });

  it.each(misanswers)('%s, it is no outage: somebody has to mend it', async (_title, fault) => {
    idp.scripts[endpoint] = fault;
    await expect(signIn(provider(), { authorize })).rejects.toEqual(unreadable);
  });
});

describe('a provider that says no', () => {
  it.each<[string, AnswerScript, string]>([
    [
      'an OAuth error',
      (honest) => ({ ...honest, status: 400, body: { error: 'invalid_grant' } }),
      'invalid_grant',
    ],
    [
      'an OAuth error of 401',
      (honest) => ({ ...honest, status: 401, body: { error: 'invalid_client' } }),
      'invalid_client',
    ],
    [
      'JSON without an error',
      (honest) => ({ ...honest, status: 400, body: { message: 'no' } }),
      'unknown_error',
    ],
    [
      'an error of the wrong type',
      (honest) => ({ ...honest, status: 400, body: { error: 7 } }),
      'unknown_error',
    ],
    [
      'a challenge',
      (honest) => ({
        ...honest,
        status: 401,
        headers: { 'www-authenticate': 'Basic error="invalid_client"' },
        body: '',
      }),
      'invalid_client',
    ],
  ])('by %s refuses', async (_title, script, providerError) => {
    idp.scripts.token = script;
    await expect(signIn(provider(), { authorize })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      providerError,
    });
  });

  it('to give userinfo refuses, too', async () => {
    idp.scripts.userinfo = (honest) => ({
      ...honest,
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="x", error="invalid_token", error_description="expired"' },
      body: '',
    });
    await expect(signIn(provider(), { authorize })).rejects.toMatchObject({ providerError: 'invalid_token' });
  });
});

describe('a refresh', () => {
  const refreshWith = async (oidc: OidcProvider) => {
    const { tokens, subject, issuer } = await signIn(provider(), { authorize, scopes: ['offline_access'] });
    return {
      refresh: async () =>
        oidc.refresh({
          refreshToken: tokens.refreshToken ?? 'refresh-token',
          scopes: ['openid'],
          subject,
          issuer,
          signal: AbortSignal.timeout(10_000),
        }),
    };
  };

  it.each(['metadata', 'token'] as const)(
    'takes a notice of maintenance from the endpoint for %s for no answer, by which no session ends',
    async (endpoint) => {
      const { refresh } = await refreshWith(provider());
      idp.scripts[endpoint] = (honest) => ({ ...honest, status: 200, body: { status: 'maintenance' } });
      await expect(refresh()).rejects.toEqual(unreadable);
    },
  );

  it('takes userinfo that speaks of the grant for no answer: only the token endpoint can end a session', async () => {
    const { refresh } = await refreshWith(provider());
    idp.scripts.userinfo = (honest) => ({ ...honest, status: 400, body: { error: 'invalid_grant' } });
    await expect(refresh()).rejects.toEqual(unreadable);
  });

  it('takes a key set without a key for no answer', async () => {
    const oidc = provider();
    const { refresh } = await refreshWith(oidc);
    idp.scripts.keys = (honest) => ({ ...honest, body: { keys: [] } });
    await expect(refresh()).rejects.toEqual(unreadable);
  });

  const refreshTold = async (change: object): Promise<unknown> => {
    const { refresh } = await refreshWith(provider());
    idp.scripts.token = (honest) => ({ ...honest, body: { ...(honest.body as object), ...change } });
    return refresh();
  };

  it('is not forgiven an ID token that fails a check', async () => {
    await expect(refreshTold({ id_token: 'e30.e30.e30' })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_ANSWER_INVALID',
    });
  });

  it.each<[string, object]>([
    ['an access token that is no header', { access_token: 'a\u00e9' }],
    ['no access token', { access_token: '' }],
    ['an ID token that is no token', { id_token: 'soon' }],
    ['an ID token that is no text', { id_token: 7 }],
    ['a refresh token that is no text', { refresh_token: {} }],
    ['scopes that are no text', { scope: 7 }],
    ['an expiry that is no number', { expires_in: 'soon' }],
    ['no type of token', { token_type: null }],
  ])('takes %s for a form that says nothing about the session', async (_title, change) => {
    await expect(refreshTold(change)).rejects.toEqual(unreadable);
  });

  it.each<[string, object]>([
    ['null', { id_token: null, refresh_token: null, expires_in: null, scope: null, session_state: null }],
    ['an empty text', { id_token: '', refresh_token: '', expires_in: '', scope: '', session_state: '' }],
  ])('takes an optional member that is %s for one that is missing', async (_title, change) => {
    await expect(refreshTold(change)).resolves.toMatchObject({
      subject: 'jane-123',
      tokens: { accessToken: expect.any(String), tokenType: 'bearer' },
    });
  });
});

it('an expiry in fractions of a second counts in whole ones', async () => {
  idp.scripts.token = (honest) => ({ ...honest, body: { ...(honest.body as object), expires_in: 3599.283 } });
  expect((await signIn(provider(), { authorize })).tokens.expiresInSeconds).toBe(3599);
});

describe('the budget of the incoming request', () => {
  it.each(['metadata', 'token', 'keys', 'userinfo'] as const)('ends a call to %s', async (endpoint) => {
    idp.scripts[endpoint] = () => 'hang';
    // Nothing but the budget ends these calls in the time that a test has.
    const { metadataUrl } = idp;
    const patient = configuredProvider({ metadataUrl, http: patientHttp, keys: { timeout: '10m' } });
    const budget = new AbortController();
    const hanging = (async () => {
      if (endpoint === 'metadata') {
        return patient.authorizationUrl({
          state: 's',
          nonce: 'n',
          codeChallenge: 'c',
          scopes: ['openid'],
          callbackUrl: 'http://127.0.0.1/x',
          signal: budget.signal,
        });
      }
      const attempt = await start(patient);
      return patient.exchange(
        exchangeOf(attempt, await idp.authorize(attempt.url), { signal: budget.signal }),
      );
    })();
    const arrived = new Promise<void>((resolve) => {
      const script = idp.scripts[endpoint]!;
      idp.scripts[endpoint] = (honest, request) => {
        resolve();
        return script(honest, request);
      };
    });
    await arrived;
    budget.abort();
    await expect(hanging).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
  });
});

describe('metadata', () => {
  it('is asked for when it is needed, not when the provider is created', () => {
    provider();
    expect(idp.requests).toEqual([]);
  });

  it('is asked for once by several who need it at the same time', async () => {
    const oidc = provider();
    await Promise.all(Array.from({ length: 20 }, () => start(oidc)));
    expect(idp.requests.map(({ endpoint }) => endpoint)).toEqual(['metadata']);
  });

  it('is asked for again after an outage, without a restart', async () => {
    const oidc = provider();
    idp.scripts.metadata = () => 'reset';
    await expect(start(oidc)).rejects.toEqual(outage);
    idp.scripts = {};
    await expect(start(oidc)).resolves.toBeDefined();
  });

  it('is read again after an hour, and kept while it cannot be read', async () => {
    let clock = Date.now();
    const oidc = provider(() => clock);
    await start(oidc);
    const askedAgain = new Promise<void>((resolve) => {
      idp.scripts.metadata = () => {
        resolve();
        return 'reset';
      };
    });
    clock += 3_600_000;
    await expect(start(oidc)).resolves.toBeDefined();
    await askedAgain;
    await expect(start(oidc)).resolves.toBeDefined();
  });

  it('is found where metadataUrl names the issuer alone, with or without a slash', async () => {
    for (const metadataUrl of [idp.issuer, `${idp.issuer}/`]) {
      const oidc = configuredProvider({ metadataUrl, http });
      await expect(signIn(oidc, { authorize })).resolves.toMatchObject({ issuer: idp.issuer });
    }
  });

  it('keeps the query of metadataUrl, and may name the issuer with a slash at its end', async () => {
    idp.scripts.metadata = (honest) => ({
      ...honest,
      body: { ...(honest.body as object), issuer: `${idp.issuer}/` },
    });
    const oidc = configuredProvider({ metadataUrl: `${idp.metadataUrl}?appid=7`, http });
    await start(oidc);
    expect(idp.requests[0]!.url.search).toBe('?appid=7');
  });
});
