/**
 * Whole sign-ins with the started command: what the person sees, with which status, and what whoever runs the portal reads in
 * the log and by `vestibule explain`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  HttpBrowser,
  startScriptedOpenIdProvider,
  type HttpAnswer,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { appOrigin, secrets } from './testing/portal.ts';
import { endProcesses, freePort, runVestibule, type RunningProcess } from './testing/vestibuleProcess.ts';

const asBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const asFrontEnd = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };
const environment = { NODE_ENV: 'production', AUTH_OIDC_CLIENT_SECRET: secrets.client };

// Each explanation is a process of its own.
jest.setTimeout(60_000);

let directory: string;
let base: string;
let pageUrl: string;
let provider: ScriptedOpenIdProvider;
let portal: RunningProcess;

/** Two instances of oidc at one provider, with and without refresh tokens, and one that cannot be reached. */
async function configOf(port: number): Promise<string> {
  const block = (settings: object) => ({
    type: 'oidc',
    production: {
      metadataUrl: provider.metadataUrl,
      clientId: provider.clientId,
      clientSecret: '${AUTH_OIDC_CLIENT_SECRET}',
      signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
      ...settings,
    },
  });
  const nowhere = `http://127.0.0.1:${await freePort()}/.well-known/openid-configuration`;
  return JSON.stringify({
    app: { baseUrl: appOrigin },
    backend: {
      baseUrl: `http://localhost:${port}`,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: { directory } },
    },
    fileCatalog: { path: join(directory, 'people.yaml') },
    auth: {
      environment: 'production',
      session: { secret: secrets.session },
      providers: {
        oidc: block({ additionalScopes: ['offline_access'] }),
        short: block({}),
        away: block({ metadataUrl: nowhere }),
      },
    },
  });
}

const people = `
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: jane }
spec: { profile: { email: jane@example.com }, memberOf: [] }
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-flow-'));
  provider = await startScriptedOpenIdProvider({ clientSecret: secrets.client });
  const port = await freePort();
  pageUrl = `http://localhost:${port}/`;
  base = `${pageUrl}api/auth`;
  await writeFile(join(directory, 'people.yaml'), people);
  await writeFile(join(directory, 'app-config.yaml'), await configOf(port));
  portal = runVestibule(['start'], { directory, environment });
  await portal.printed('Vestibule is ready');
}, 60_000);
afterAll(async () => {
  await endProcesses();
  await provider.close();
  await rm(directory, { recursive: true });
});
const jane = { sub: 'jane-123', name: 'Jane Doe', email: 'jane@example.com', email_verified: true };
afterEach(() => {
  provider.scripts = {};
  provider.person = { ...jane };
});

async function start(
  browser: HttpBrowser,
  id: string,
  query: Record<string, string> = {},
  headers: Record<string, string> = asBrowser,
): Promise<HttpAnswer> {
  const all = { env: 'production', origin: appOrigin, flow: 'popup', ...query };
  return browser.send(`${base}/${id}/start?${new URLSearchParams(all)}`, { headers });
}

/** The whole way; the answer is that of the callback. */
async function signIn(
  browser: HttpBrowser,
  id: string,
  query: Record<string, string> = {},
): Promise<HttpAnswer> {
  const { headers } = await start(browser, id, query);
  const callback = await provider.authorize(headers.get('location') ?? '');
  return browser.send(callback.href, { headers: asBrowser });
}

async function refresh(browser: HttpBrowser, id: string, scope = ''): Promise<HttpAnswer> {
  const query = new URLSearchParams({ env: 'production', scope });
  return browser.send(`${base}/${id}/refresh?optional&${query}`, { headers: asFrontEnd });
}

function posted({ text }: HttpAnswer): { message: Record<string, never>; origin: string } {
  const [, message = '', origin = ''] = /data-message="([^"]*)"\s+data-origin="([^"]*)"/.exec(text) ?? [];
  return { message: JSON.parse(decodeURIComponent(message)), origin: decodeURIComponent(origin) };
}

const referenceIn = (text: string) => /\b[0-9a-f]{10}\b/.exec(text)?.[0] ?? 'none';

/** On one line, as it can be compared whatever the width. */
async function explain(reference: string): Promise<string> {
  const { stdout } = await runVestibule(['explain', reference], { directory, environment }).ended;
  return stdout.replaceAll(/\s*\n[\s│├└─]*/g, ' ');
}

/** The lines of the log with this text. */
const logged = (text: string) => portal.output.stdout.split('\n').filter((line) => line.includes(text));

function expectNoSecret(...texts: string[]): void {
  for (const text of [...texts, portal.output.stdout, portal.output.stderr])
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
}

describe('a start whose provider is away', () => {
  it('is a page with 503 for a person, JSON with 503 for a program, and explained', async () => {
    const answer = await start(new HttpBrowser(), 'away');
    expect([answer.status, answer.headers.get('content-type'), answer.setCookies]).toEqual([
      503,
      'text/html; charset=utf-8',
      [],
    ]);
    const reference = referenceIn(answer.text);
    expect(posted(answer)).toMatchObject({
      origin: appOrigin,
      message: { error: { name: 'ServiceUnavailableError', code: 'ERR_PROVIDER_UNAVAILABLE', reference } },
    });
    expect(answer.text).not.toContain('127.0.0.1');
    const program = await start(new HttpBrowser(), 'away', {}, { accept: 'application/json' });
    expect([program.status, JSON.parse(program.text)]).toMatchObject([
      503,
      { error: { code: 'ERR_PROVIDER_UNAVAILABLE' } },
    ]);
    expect(logged("sign-in with 'away' refused: ERR_PROVIDER_UNAVAILABLE")).toHaveLength(2);
    expect(await explain(reference)).toContain(
      "sign-in with 'away' (production) refused: ERR_PROVIDER_UNAVAILABLE",
    );
    expectNoSecret(answer.text, program.text);
  });

  it('is a page with 404 where the environment is none of the config', async () => {
    const answer = await start(new HttpBrowser(), 'oidc', { env: 'staging' });
    expect([answer.status, posted(answer)]).toMatchObject([
      404,
      { origin: appOrigin, message: { error: { code: 'ERR_AUTH_ENV_UNKNOWN' } } },
    ]);
  });
});

describe('a redirect that fails', () => {
  beforeEach(() => {
    provider.person = { ...jane, sub: 'kim', email: 'kim@example.com' };
  });

  it('ends at app.baseUrl, and is explained', async () => {
    const redirectUrl = `${appOrigin}/catalog?q=a%20b+c#there`;
    const answer = await signIn(new HttpBrowser(), 'oidc', { flow: 'redirect', redirectUrl });
    const location = answer.headers.get('location') ?? '';
    expect([answer.status, location]).toEqual([
      302,
      expect.stringMatching(
        /^http:\/\/localhost:3000\/\?error=[^&#]*&error_code=ERR_RESOLVER_NO_MATCH&error_reference=[0-9a-f]{10}$/,
      ),
    ]);
    expect(await explain(referenceIn(location))).toContain('refused: ERR_RESOLVER_NO_MATCH');
  });

  it('leaves the address of our own page byte for byte, and replaces what the last failure added', async () => {
    const query = "?q=a%20b+c&e=%c3%A9&flag&quote='x'";
    const added =
      /\?q=a%20b\+c&e=%c3%A9&flag&quote='x'&error=[^&#]+&error_code=ERR_RESOLVER_NO_MATCH&error_reference=[0-9a-f]{10}#\/a\?b=c$/;
    const first = await signIn(new HttpBrowser(), 'oidc', {
      flow: 'redirect',
      redirectUrl: `${pageUrl}${query}#/a?b=c`,
    });
    const address = first.headers.get('location') ?? '';
    expect([first.status, address]).toEqual([302, expect.stringMatching(added)]);
    const second = await signIn(new HttpBrowser(), 'oidc', { flow: 'redirect', redirectUrl: address });
    expect(second.headers.get('location')).toMatch(added);
    expect(second.headers.get('location')).not.toBe(address);
  });
});

describe('a redirect that succeeds', () => {
  it('ends at the address as it was given', async () => {
    const redirectUrl = `${appOrigin}/catalog/%7euser?q=a%20b+c&e=%c3%A9&flag#/a?b=c`;
    const answer = await signIn(new HttpBrowser(), 'oidc', { flow: 'redirect', redirectUrl });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, redirectUrl]);
  });
});

describe('starting again', () => {
  it('asks for what was asked for before, too', async () => {
    const browser = new HttpBrowser();
    await signIn(browser, 'oidc', { scope: 'openid read:repo' });
    expect((await refresh(browser, 'oidc', 'read:issues')).status).toBe(401);
    const both = 'read:issues openid read:repo profile email offline_access';
    const { headers } = await start(browser, 'oidc', { scope: 'read:issues' });
    expect(new URL(headers.get('location') ?? '').searchParams.get('scope')).toBe(both);
    await signIn(browser, 'oidc', { scope: 'read:issues' });
    for (const scope of ['read:repo', 'read:issues']) {
      const { status, text } = await refresh(browser, 'oidc', scope);
      expect([status, JSON.parse(text)]).toMatchObject([200, { providerInfo: { scope: both } }]);
    }
  });
});

describe('a session that ends with its access token', () => {
  it('says so at sign-in and at its end, with the setting that changes it', async () => {
    const advice = 'Add offline_access to auth.providers.short.production.additionalScopes.';
    provider.scripts.token = (honest) => ({ ...honest, body: { ...(honest.body as object), expires_in: 1 } });
    const browser = new HttpBrowser();
    const answer = await signIn(browser, 'short');
    expect([answer.status, posted(answer)]).toMatchObject([
      200,
      { message: { response: { backstageIdentity: { identity: { userEntityRef: 'user:default/jane' } } } } },
    ]);
    const [line = '', ...more] = logged('sessions of short (production) end with their access token');
    expect([line, more]).toEqual([expect.stringContaining(`after 1 s`), []]);
    expect(line).toContain(advice);
    const [signedIn = ''] = logged("sign-in with 'short' allowed");

    // The provider's clock is ours, and the token's second passes by itself.
    const expiresAt = Date.now() + 1000;
    let ended = await refresh(browser, 'short');
    while (ended.status === 200 && Date.now() < expiresAt + 5000) ended = await refresh(browser, 'short');
    expect([ended.status, JSON.parse(ended.text)]).toMatchObject([
      401,
      { error: { name: 'AuthenticationError', code: 'ERR_AUTH_SESSION_NOT_RENEWABLE' } },
    ]);
    expect(ended.text).not.toContain('additionalScopes');
    expect(logged("refresh with 'short' refused: ERR_AUTH_SESSION_NOT_RENEWABLE")).toEqual([
      expect.stringContaining(advice),
    ]);
    const { error } = JSON.parse(ended.text) as { error: { reference: string } };
    expect(await explain(error.reference)).toContain(advice);
    const told = await explain(referenceIn(signedIn));
    expect(told).toContain('session: ends with the access token, which lasts 1 s');
    expect(told).toContain(advice);
    expectNoSecret(answer.text, ended.text);
  });
});
