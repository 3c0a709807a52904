/** The OpenAPI document against a backend that has everything: each operation is asked, with each answer that it documents. */
import { createHash } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser, startTestBackend } from '@vestibule/backend-test-utils';
import authPlugin from '@vestibule/plugin-auth-backend';
import { signInCodes } from '@vestibule/plugin-auth-node';
import { CatalogRefusedError, CatalogUnavailableError } from '@vestibule/plugin-catalog-node';
import { startApiPortal, type ApiPortal } from './testing/apiPortal.ts';
import {
  createDocumentedApi,
  operationsOf,
  type ApiDocument,
  type ApiRequest,
} from './testing/documentedApi.ts';

const script = { 'x-requested-with': 'XMLHttpRequest' };
const asBrowser = { accept: 'text/html' };
const verifier = 'a-verifier-of-the-tests-with-enough-characters';
const redirectUri = 'http://127.0.0.1:9000/callback';

let portal: ApiPortal;
let document: ApiDocument;
let api: ReturnType<typeof createDocumentedApi>;
let guestToken: string;

beforeAll(async () => {
  portal = await startApiPortal();
  document = (await (await fetch(`${portal.url}/api/auth/openapi.json`)).json()) as ApiDocument;
  api = createDocumentedApi(document, portal.url);
  guestToken = await signInAsGuest();
}, 60_000);
afterAll(async () => portal.stop());
afterEach(() => {
  delete portal.faults.database;
  delete portal.faults.clock;
  delete portal.faults.tokens;
  delete portal.faults.catalog;
});

async function signInAsGuest(): Promise<string> {
  const { body } = await api.ask('refresh', 200, {
    ...of('guest', { user: 'user:default/jane' }),
    headers: script,
  });
  return (body as { backstageIdentity: { token: string } }).backstageIdentity.token;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const of = (provider: string, query: ApiRequest['query'] = { env: 'development' }) => ({
  path: { provider },
  query,
});

describe('the document', () => {
  it('names each operation once, says what it does, which refusals it has, and each part of its path', () => {
    const all = operationsOf(document);
    const ids = all.map(({ operation }) => operation.operationId);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { operation, template } of all) {
      const { operationId, summary, responses, parameters = [] } = operation;
      expect([operationId, summary]).toEqual([operationId, expect.stringMatching(/^[A-Z]/)]);
      expect([operationId, Object.keys(responses)]).toEqual([
        operationId,
        expect.arrayContaining([expect.stringMatching(/^4\d\d$/)]),
      ]);
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(inPath).toEqual([...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  it('has no component that nothing refers to', () => {
    const text = JSON.stringify(document);
    const unused = ['schemas', 'responses'].flatMap((kind) =>
      Object.keys(document.components[kind] ?? {}).filter(
        (name) => !text.includes(`"#/components/${kind}/${name}"`),
      ),
    );
    expect(unused).toEqual([]);
  });

  it('may be kept, and is asked for again by its tag', async () => {
    const { headers } = await api.ask('readApi', 200);
    const tag = headers.get('etag') ?? '';
    await api.ask('readApi', 304, { headers: { 'if-none-match': `W/${tag}` } });
    await api.ask('readApi', 200, { headers: { 'if-none-match': '"another"' } });
  });

  it('holds what is there: without modules and in production, less', async () => {
    await using bare = await startTestBackend({
      features: [authPlugin],
      config: {
        backend: {
          baseUrl: 'https://portal.example/base',
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
        auth: { session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' } },
      },
    });
    const answer = await fetch(`${bare.url}/api/auth/openapi.json`);
    const less = (await answer.json()) as ApiDocument;
    expect(less.servers).toEqual([{ url: 'https://portal.example/base/api/auth' }]);
    expect(Object.keys(less.paths)).toEqual([
      '/.well-known/jwks.json',
      '/.well-known/oauth-client/cli.json',
      '/.well-known/openid-configuration',
      '/openapi.json',
      '/v1/sessions',
      '/v1/userinfo',
      '/{provider}/backchannel-logout',
      '/{provider}/handler/frame',
      '/{provider}/logout',
      '/{provider}/logout/return',
      '/{provider}/refresh',
      '/{provider}/start',
    ]);
    // The proxy that takes the path off is not here.
    const servers = [{ url: 'https://portal.example/api/auth' }];
    const { ask } = createDocumentedApi({ ...less, servers }, bare.url);
    await ask('readCliClient', 404);
    await ask('readKeySet', 200);
  });
});

async function signIn(): Promise<HttpBrowser> {
  const browser = new HttpBrowser();
  await api.ask('finish', 200, { ...of('oidc', await portal.reachCallback(browser)), browser });
  return browser;
}

describe('sign-in answers as documented', () => {
  it('at the start', async () => {
    const redirectUrl = `${portal.baseUrl}/somewhere`;
    await api.ask(
      'start',
      302,
      of('oidc', { env: 'development', flow: 'redirect', redirectUrl, scope: 'email' }),
    );
    await api.ask('start', 400, of('oidc', {}));
    await api.ask('start', 400, { ...of('oidc', {}), headers: asBrowser });
    await api.ask('start', 400, of('oidc', { env: 'development', flow: 'redirect' }));
    await api.ask('start', 400, of('oidc', { env: 'development', origin: 'nowhere' }));
    await api.ask('start', 400, of('oidc', { env: 'development', scope: '"' }));
    await api.ask('start', 400, of('oidc', 'env=development&env=development'));
    await api.ask('start', 403, of('oidc', { env: 'development', origin: 'https://evil.example' }));
    await api.ask('start', 404, of('nobody'));
    await api.ask('start', 404, of('oidc', { env: 'nowhere' }));
    await api.ask('start', 501, of('guest'));
    await api.ask('start', 401, of('other'));
    await api.ask('start', 500, of('page'));
    await api.ask('start', 503, of('down'));
    await api.ask('start', 503, { ...of('down'), headers: asBrowser });
    await api.ask('startByHead', 405, of('oidc'));
  });

  it.each(['finish', 'finishByPost'])('at the end, by %s', async (operationId) => {
    const browser = new HttpBrowser();
    await api.ask(operationId, 200, { ...of('oidc', await portal.reachCallback(browser)), browser });
    const reached = new HttpBrowser();
    const { state = '' } = await portal.reachCallback(reached);
    await api.ask(operationId, 200, { ...of('oidc', { state, error: 'access_denied' }), browser: reached });
    await api.ask(operationId, 200, of('oidc', { state: 'of-nobody', code: 'none' }));
    await api.ask(operationId, 302, await callbackByRedirect());
    await api.ask(operationId, 400, of('oidc', {}));
    await api.ask(operationId, 400, { ...of('oidc'), headers: asBrowser });
    await api.ask(operationId, 404, of('nobody'));
    await api.ask(operationId, 501, of('guest'));
    await api.ask('finishByHead', 405, of('oidc'));
  });

  async function callbackByRedirect(): Promise<ApiRequest> {
    const browser = new HttpBrowser();
    const redirectUrl = `${portal.baseUrl}/somewhere`;
    const { headers } = await api.ask('start', 302, {
      ...of('oidc', { env: 'development', flow: 'redirect', redirectUrl }),
      browser,
    });
    const callback = new URL(await portal.authorize(headers.get('location') ?? ''));
    return { ...of('oidc', Object.fromEntries(callback.searchParams)), browser };
  }

  it.each(['refresh', 'refreshByPost'])('by %s', async (operationId) => {
    const browser = await signIn();
    await api.ask(operationId, 200, { ...of('oidc'), headers: script, browser });
    await api.ask(operationId, 200, { ...of('guest', { user: 'user:default/jane' }), headers: script });
    await api.ask(operationId, 401, of('oidc'));
    await api.ask(operationId, 401, { ...of('oidc'), headers: script });
    await api.ask(operationId, 403, {
      ...of('oidc'),
      headers: { ...script, origin: 'https://evil.example' },
    });
    await api.ask(operationId, 404, { ...of('nobody'), headers: script });
    await api.ask('refreshByHead', 405, of('oidc'));
    portal.faults.database = true;
    await api.ask(operationId, 503, { ...of('oidc'), headers: script, browser });
  });

  it('by refresh, with every code of the closed list that a provider may refuse with', async () => {
    const { responses } = api.operations.get('refresh')!.operation;
    const described = JSON.stringify(responses);
    const codes = Object.entries(signInCodes).filter(([code]) => described.includes(`"${code}"`));
    expect(codes.length).toBeGreaterThan(40);
    for (const [code, { status }] of codes) {
      const request = { ...of('refusing', {}), headers: { ...script, 'x-refuse': code } };
      const { body } = await api.ask('refresh', status, request);
      expect(body['error']).toMatchObject({ code });
      if (!api.met.has(`refreshByPost ${status}`)) await api.ask('refreshByPost', status, request);
    }
  }, 60_000);

  it('at the sign-out', async () => {
    const browser = await signIn();
    await api.ask('logout', 401, of('oidc'));
    await api.ask('logout', 400, { ...of('oidc', {}), headers: script });
    await api.ask('logout', 403, { ...of('oidc'), headers: { ...script, origin: 'https://evil.example' } });
    await api.ask('logout', 404, { ...of('nobody'), headers: script });
    portal.faults.database = true;
    await api.ask('logout', 503, { ...of('oidc'), headers: script, browser: copyOf(browser) });
    delete portal.faults.database;
    await api.ask('logout', 200, { ...of('oidc'), headers: script, browser });
    await api.ask('logout', 200, { ...of('oidc'), headers: script });
  });

  it('at the return from the provider', async () => {
    await api.ask('returnFromLogout', 302, of('oidc', { state: 'of-nobody' }));
    await api.ask('returnFromLogout', 400, of('oidc', 'state=a&state=b'));
    await api.ask('returnFromLogout', 404, of('nobody', {}));
  });

  it('when the provider has ended a session', async () => {
    const body = await portal.logoutTokenForm();
    await api.ask('backchannelLogout', 200, { ...of('oidc'), body });
    await api.ask('backchannelLogout', 400, { ...of('oidc'), body });
    await api.ask('backchannelLogout', 404, { ...of('nobody'), body });
  });

  function copyOf(browser: HttpBrowser): HttpBrowser {
    const copy = new HttpBrowser();
    for (const [name, cookie] of browser.cookies) copy.cookies.set(name, cookie);
    return copy;
  }

  it('about identities, keys, metadata and records', async () => {
    await api.ask('readUserinfo', 200, { headers: bearer(guestToken) });
    await api.ask('readUserinfo', 400, { headers: bearer('a-token-of-a-pipeline') });
    await api.ask('readUserinfo', 401);
    await api.ask('readUserinfo', 404, { headers: bearer(await portal.tokenOf('user:default/nobody')) });
    await api.ask('readUserinfo', 401, { headers: bearer('nonsense') });
    portal.faults.database = true;
    await api.ask('readUserinfo', 503, { headers: bearer(guestToken) });
    delete portal.faults.database;
    await api.ask('readKeySet', 200);
    await api.ask('readOpenIdConfiguration', 200);
    await api.ask('readServerMetadata', 200);
    await api.ask('readCliClient', 200);
    const headers = { ...script, 'x-refuse': 'ERR_GATE_USER' };
    const { body } = await api.ask('refresh', 403, { ...of('refusing', {}), headers });
    const { reference } = body['error'] as { reference: string };
    await api.ask('readDecision', 200, { path: { reference } });
    await api.ask('readDecision', 404, { path: { reference: '0123456789' } });
  });
});

describe('programs that act for a user are answered as documented', () => {
  const registration = {
    client_name: 'Acme notes',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
  };
  let clientId: string;
  let query: Record<string, string>;

  beforeAll(async () => {
    const { body } = await api.ask('registerClient', 201, { body: registration });
    clientId = String(body['client_id']);
    query = {
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid offline_access',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
  });

  const asUser = (handle: string) => ({ path: { handle }, headers: bearer(guestToken) });

  async function begin(): Promise<string> {
    const { headers } = await api.ask('authorize', 302, { query });
    return headers.get('location')?.split('/').pop() ?? '';
  }

  async function codeRequest(): Promise<URLSearchParams> {
    const { body } = await api.ask('approveConsent', 200, asUser(await begin()));
    const code = new URL(String(body['redirectUrl'])).searchParams.get('code') ?? '';
    return new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
  }

  it('when they register', async () => {
    await api.ask('registerClient', 201, { body: { redirect_uris: [redirectUri], scope: 'openid' } });
    await api.ask('registerClient', 400, { body: { redirect_uris: [] } });
    await api.ask('registerClient', 400, { body: { ...registration, client_name: '' } });
    portal.faults.database = true;
    await api.ask('registerClient', 503, { body: registration });
    portal.faults.clock = true;
    await api.ask('registerClient', 500, { body: registration });
  });

  it('when they ask', async () => {
    await api.ask('authorize', 302, { query: { ...query, scope: '' } });
    await api.ask('authorize', 400, { query: {} });
    await api.ask('authorize', 400, { query: {}, headers: asBrowser });
    await api.ask('authorizeByHead', 405);
    // Whoever is known by a document, and for how long, is asked of the clock.
    portal.faults.clock = true;
    await api.ask('authorize', 500, { query: { ...query, client_id: 'https://claude.ai/client.json' } });
    delete portal.faults.clock;
    portal.faults.database = true;
    await api.ask('authorize', 503, { query });
    delete portal.faults.database;
  });

  it('when the user decides', async () => {
    const handle = await begin();
    await api.ask('readConsent', 200, { path: { handle } });
    await api.ask('readConsent', 400, { path: { handle: 'none' } });
    for (const operationId of ['approveConsent', 'rejectConsent']) {
      await api.ask(operationId, 400, asUser('none'));
      await api.ask(operationId, 401, { path: { handle } });
    }
    const tokens = await api.ask('issueToken', 200, { body: await codeRequest() });
    const held = { path: { handle }, headers: bearer(String(tokens.body['access_token'])) };
    for (const operationId of ['approveConsent', 'rejectConsent']) {
      await api.ask(operationId, 403, held);
      portal.faults.database = true;
      await api.ask(operationId, 503, asUser(handle));
      delete portal.faults.database;
    }
    portal.faults.database = true;
    await api.ask('readConsent', 503, { path: { handle } });
    delete portal.faults.database;
    portal.faults.clock = true;
    await api.ask('readConsent', 500, { path: { handle } });
    delete portal.faults.clock;
    portal.faults.tokens = true;
    for (const operationId of ['approveConsent', 'rejectConsent']) {
      await api.ask(operationId, 500, asUser(handle));
    }
    delete portal.faults.tokens;
    await api.ask('rejectConsent', 200, asUser(handle));
  });

  it('when they want tokens, and give them back', async () => {
    const form = await codeRequest();
    portal.faults.database = true;
    await api.ask('issueToken', 503, { body: form });
    delete portal.faults.database;
    const { body } = await api.ask('issueToken', 200, { body: Object.fromEntries(form) });
    await api.ask('issueToken', 400, { body: { grant_type: 'password' } });
    const wrong = { authorization: `Basic ${btoa('nobody:nothing')}` };
    await api.ask('issueToken', 401, { body: { grant_type: 'authorization_code' }, headers: wrong });
    const refreshToken = String(body['refresh_token']);
    const renewed = await api.ask('issueToken', 200, {
      body: { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId },
    });
    const last = String(renewed.body['refresh_token']);
    portal.faults.clock = true;
    const renewal = { grant_type: 'refresh_token', refresh_token: last, client_id: clientId };
    await api.ask('issueToken', 500, { body: renewal });
    await api.ask('revokeToken', 500, { body: { token: last } });
    delete portal.faults.clock;
    portal.faults.database = true;
    await api.ask('revokeToken', 503, { body: { token: last } });
    delete portal.faults.database;
    await api.ask('revokeToken', 400, { body: {} });
    await api.ask('revokeToken', 401, { body: { token: last }, headers: wrong });
    await api.ask('revokeToken', 200, { body: { token: last } });
  });

  it('and so is whoever ends all of them', async () => {
    const headers = bearer('a-token-of-a-pipeline');
    const body = { userEntityRef: 'user:default/jane' };
    await api.ask('revokeOfflineSessions', 200, { headers, body });
    await api.ask('revokeOfflineSessions', 400, { headers, body: {} });
    await api.ask('revokeOfflineSessions', 401, { body });
    await api.ask('revokeOfflineSessions', 403, { headers: bearer(guestToken), body });
    portal.faults.database = true;
    await api.ask('revokeOfflineSessions', 503, { headers, body });
  });

  it('and whoever looks after sessions', async () => {
    await signIn();
    const headers = bearer('a-token-of-a-pipeline');
    const { body } = await api.ask('listSessions', 200, { headers, query: { limit: '1000' } });
    expect(body['sessions']).not.toEqual([]);
    const query = { user: 'user:default/nobody' };
    await api.ask('endSessions', 200, { headers, query });
    for (const operationId of ['listSessions', 'endSessions']) {
      await api.ask(operationId, 400, { headers, query: { user: '' } });
      await api.ask(operationId, 401, { query });
      await api.ask(operationId, 403, { headers: bearer(guestToken), query });
      portal.faults.database = true;
      await api.ask(operationId, 503, { headers, query });
      delete portal.faults.database;
    }
  });
});

describe('pages answer as documented', () => {
  it('with what they load', async () => {
    const { text } = await api.ask('showSignInPage', 200);
    const files = [...text.matchAll(/\/auth-web\/([0-9a-f]+)\/([\w.]+)"/g)];
    expect(files.length).toBeGreaterThan(1);
    for (const [, hash = '', name = ''] of files) await api.ask('loadAsset', 200, { path: { hash, name } });
    await api.ask('loadAsset', 404, { path: { hash: 'of-yesterday', name: 'style.css' } });
    await api.ask('loadIcon', 200);
    await api.ask('showConsentPage', 200, { path: { id: 'a-request' } });
    await api.ask('showConsentPage', 404, { path: { id: 'no request' } });
  });

  it('and what they ask', async () => {
    const headers = bearer(guestToken);
    await api.ask('readOwned', 200, { headers });
    await api.ask('readOwned', 401);
    await api.ask('readOwned', 403, { headers: bearer('a-token-of-a-pipeline') });
    await api.ask('searchGuests', 200, { query: { q: 'jane' }, headers: script });
    await api.ask('searchGuests', 400, { query: 'q=a&q=b', headers: script });
    await api.ask('searchGuests', 401);
    await api.ask('searchGuests', 403, { headers: { ...script, origin: 'https://evil.example' } });
    portal.faults.catalog = new CatalogUnavailableError('The catalog is away');
    await api.ask('searchGuests', 503, { headers: script });
    await api.ask('readOwned', 503, { headers });
    portal.faults.catalog = new CatalogRefusedError('The catalog refused');
    await api.ask('searchGuests', 500, { headers: script });
    await api.ask('readOwned', 500, { headers });
  });
});

describe('what holds for every route', () => {
  it('is what the host says', async () => {
    await api.ask('readKeySet', { default: 414 }, { query: { q: 'a'.repeat(9000) } });
    const limited = await startApiPortal({ rateLimit: { incomingRequestLimit: 1, ipAllowList: [] } });
    try {
      const { ask } = createDocumentedApi(document, limited.url);
      await ask('readKeySet', 200);
      for (const operationId of ['readKeySet', 'logout', 'showSignInPage', 'authorize']) {
        await ask(operationId, 429, of('oidc', {}));
      }
    } finally {
      await limited.stop();
    }
  }, 60_000);

  it('is that each documented answer was met here', () => {
    const documented = operationsOf(document).flatMap(({ operation }) =>
      Object.keys(operation.responses).map((status) => `${operation.operationId} ${status}`),
    );
    const unmet = documented.filter((one) => !api.met.has(one) && !/ (?:429|default)$/.test(one));
    expect(unmet).toEqual([
      // Guests may pick here.
      'searchGuests 404',
      // Of a store of somebody's own; `operatorRoutes.test.ts` has one.
      'listSessions 501',
      'endSessions 501',
      // Of a client whose own document cannot be read any more.
      'readConsent 401',
    ]);
  });

  it('is that a GET answers HEAD alike, where the document does not refuse it', async () => {
    const path = {
      provider: 'oidc',
      reference: '0123456789',
      handle: 'none',
      hash: 'none',
      name: 'none',
      id: 'a',
    };
    const reads = operationsOf(document).filter(
      ({ method, template }) => method === 'get' && !('head' in document.paths[template]!),
    );
    expect(reads.length).toBeGreaterThan(12);
    for (const { operation } of reads) {
      const address = api.addressOf(operation.operationId, { path });
      const ask = async (method: string) => fetch(address, { method, redirect: 'manual' });
      const [get, head] = [await ask('GET'), await ask('HEAD')];
      expect([address, head.status, await head.text()]).toEqual([address, get.status, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    }
  });

  it('is that no other method is answered', async () => {
    for (const [template, item] of Object.entries(document.paths)) {
      const [{ server } = { server: '' }] = operationsOf(document).filter((one) => one.template === template);
      const path = template.replace('{provider}', 'oidc').replace(/\{\w+\}/g, 'a');
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (method.toLowerCase() in item) continue;
        const { status } = await fetch(`${portal.url}${new URL(server).pathname.replace(/\/$/, '')}${path}`, {
          method,
        });
        expect([method, template, status]).toEqual([method, template, 404]);
      }
    }
  });
});

// Last: it takes seconds in which no connection is looked after.
it('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(document as never)).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');
});
