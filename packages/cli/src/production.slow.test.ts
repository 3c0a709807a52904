/**
 * The command in production, from outside: a config file of Backstage's keys, real processes, an OpenID Provider and a
 * catalog that are others. `VESTIBULE_TEST_COMMAND` runs the built command instead of the sources.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpBrowser, testDatabases } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  appOrigin,
  logout,
  portalConfig,
  reachCallback,
  readPopup,
  refresh,
  secrets,
  signIn,
  type AuthResponse,
} from './testing/portal.ts';
import {
  endProcesses,
  freePort,
  runScript,
  runVestibule,
  type RunningProcess,
} from './testing/vestibuleProcess.ts';

const databases = await testDatabases();
let directory: string;
let idp: DevIdpServer;
let port: number;
let base: string;
let catalog: RunningProcess;
let catalogUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-production-'));
  port = await freePort();
  base = `http://localhost:${port}/api/auth`;
  catalog = runScript(new URL('testing/catalogServer.ts', import.meta.url), [base]);
  idp = await startDevIdp({
    clients: [
      { clientId: 'portal', clientSecret: secrets.client, redirectUris: [`${base}/oidc/handler/frame`] },
    ],
  });
  await catalog.printed('"url"');
  ({ url: catalogUrl } = JSON.parse(catalog.output.stdout) as { url: string });
});

afterAll(async () => {
  await endProcesses();
  await Promise.all([idp.stop(), ...databases.map(async (database) => database.cleanup())]);
  await rm(directory, { recursive: true });
});

/** `vestibule start` with a config file of its own. */
async function start(name: string, config: string): Promise<RunningProcess> {
  await writeFile(join(directory, `${name}.yaml`), config);
  return runVestibule(['start', '--config', `${name}.yaml`], {
    directory,
    environment: { NODE_ENV: 'production', AUTH_OIDC_CLIENT_SECRET: secrets.client },
  });
}

/** The same, up and ready. */
async function started(name: string, database: object, listenPort?: number): Promise<RunningProcess> {
  const options = { port, database, idp, catalogUrl, ...(listenPort !== undefined && { listenPort }) };
  const backend = await start(name, portalConfig(options));
  await backend.printed(`"message":"Vestibule is ready: http://localhost:${port}"}`);
  return backend;
}

const verify = async (token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${base}/.well-known/jwks.json`)), {
    typ: 'vnd.backstage.user',
    algorithms: ['ES256'],
    issuer: base,
    audience: 'backstage',
  });

const userInfo = async (token: string) =>
  fetch(`${base}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } });

const janesIdentity = {
  type: 'user',
  userEntityRef: 'user:default/jane',
  ownershipEntityRefs: ['user:default/jane', 'group:default/team-a', 'group:default/admins'],
};

describe('a backend in production', () => {
  const browser = new HttpBrowser();
  const sent = new Set<string>();
  let backend: RunningProcess;
  let token: string;

  beforeAll(async () => {
    backend = await started('directory', databases[0]?.config ?? {});
  });

  it('signs in with a popup, against the catalog that discovery.endpoints names', async () => {
    const { callback, answer, response, origin } = await signIn(browser, base, idp);
    expect([answer.status, origin]).toEqual([200, appOrigin]);
    expect(response).toMatchObject({
      profile: { email: 'jane@example.com', displayName: 'Jane Doe' },
      providerInfo: { scope: 'openid profile email offline_access' },
      backstageIdentity: { identity: janesIdentity, expiresInSeconds: expect.closeTo(3600, -1) },
    });
    expect(answer.setCookies.filter((cookie) => cookie.startsWith('oidc-refresh-token='))).toEqual([
      expect.stringMatching(
        /^oidc-refresh-token=[\w-]{64}; Max-Age=86(?:400|399); Path=\/api\/auth\/oidc; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    expect(catalog.output.stdout.trimEnd().split('\n').slice(1)).toEqual([
      JSON.stringify({
        request: 'GET /api/catalog/entities?filter=spec.profile.email%3Djane%40example.com%2Ckind%3Duser',
        token: 'accepted',
      }),
    ]);
    ({ token } = response.backstageIdentity);
    remember(response);
    for (const name of ['code', 'state']) sent.add(new URL(callback).searchParams.get(name) ?? '');
  });

  it('issues a token that jose accepts against the published keys, and answers userinfo', async () => {
    const { payload } = await verify(token);
    expect(payload).toMatchObject({ sub: 'user:default/jane', uip: expect.any(String) });
    expect(await (await userInfo(token)).json()).toMatchObject({
      claims: { sub: 'user:default/jane', ent: janesIdentity.ownershipEntityRefs },
    });
  });

  it('refreshes by cookie and X-Requested-With, with compact JSON for the one origin', async () => {
    const { status, headers, text } = await refresh(browser, base);
    const response = JSON.parse(text) as AuthResponse;
    expect(status).toBe(200);
    expect(text).toBe(JSON.stringify(response));
    expect(response.backstageIdentity.identity).toEqual(janesIdentity);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': appOrigin,
      'access-control-allow-credentials': 'true',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    remember(response);

    const withoutHeader = await browser.send(`${base}/oidc/refresh?env=production`);
    expect([withoutHeader.status, JSON.parse(withoutHeader.text)]).toEqual([
      401,
      expect.objectContaining({ error: expect.objectContaining({ name: 'AuthenticationError' }) }),
    ]);
  });

  it('answers an error with its name and code in compact JSON, and without a stack', async () => {
    const { status, text } = await browser.send(`${base}/oidc/start?env=nope`);
    const { error } = JSON.parse(text) as { error: object };
    expect(status).toBe(404);
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
    expect(Object.keys(error)).toEqual(['name', 'message', 'code']);
    expect(text).not.toContain('.ts:');
  });

  it('answers the preflight of the front end, and no other one', async () => {
    const preflight = async (origin: string) =>
      fetch(`${base}/oidc/refresh`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'x-requested-with',
        },
      });
    const allowed = await preflight(appOrigin);
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': appOrigin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'x-requested-with',
    });
    const other = await preflight('https://evil.example');
    expect([...other.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('refuses guests, who are configured without the flag for production', async () => {
    const { status, text } = await refresh(new HttpBrowser(), base, 'guest');
    expect([status, JSON.parse(text)]).toEqual([
      403,
      expect.objectContaining({
        error: expect.objectContaining({ name: 'NotAllowedError', code: 'ERR_GUEST_NOT_ALLOWED' }),
      }),
    ]);
  });

  it('killed and started again on its directory, honours the old token and the old session', async () => {
    const { signal } = await backend.end('SIGKILL');
    expect(signal).toBe('SIGKILL');
    backend = await started('directory', databases[0]?.config ?? {});

    expect((await verify(token)).payload.sub).toBe('user:default/jane');
    expect((await userInfo(token)).status).toBe(200);
    const { status, text } = await refresh(browser, base);
    const response = JSON.parse(text) as AuthResponse;
    expect([status, response.backstageIdentity.identity]).toEqual([200, janesIdentity]);
    remember(response);
  });

  it('logs out: the session is over, and its cookie is gone', async () => {
    const [ticket] = [...browser.cookies];
    const { status, setCookies } = await logout(browser, base);
    expect(status).toBe(200);
    expect(setCookies).toEqual([expect.stringMatching(/^oidc-refresh-token=; Max-Age=0; /)]);
    expect([...browser.cookies]).toEqual([]);

    const headers = { cookie: `${ticket?.[0]}=${ticket?.[1].value}`, 'x-requested-with': 'XMLHttpRequest' };
    expect((await new HttpBrowser().send(`${base}/oidc/refresh?env=production`, { headers })).status).toBe(
      401,
    );
  });

  it('ends with 0 on SIGTERM; nothing listens any more, and no secret stands in its log', async () => {
    const { code, stdout, stderr } = await backend.end('SIGTERM');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(fetch(base)).rejects.toThrow('fetch failed');
    expect(stdout).toContain('"plugin":"auth"');
    expect(sent.size).toBeGreaterThan(8);
    for (const secret of sent) expect(stdout).not.toContain(secret);
  });

  function remember({ backstageIdentity, providerInfo }: AuthResponse): void {
    for (const { value } of browser.cookies.values()) sent.add(value);
    for (const value of [backstageIdentity.token, providerInfo.idToken, providerInfo.accessToken]) {
      if (value !== undefined) sent.add(value);
    }
    for (const value of Object.values(secrets)) sent.add(value);
  }
});

describe('a failed start in production', () => {
  it('tells every problem with its place and the next step, ends with 1, and frees the port', async () => {
    const config = `
app:
  baseUrl: http://portal.example.com
backend:
  baseUrl: http://portal.example.com
  listen: { host: 127.0.0.1, port: ${port} }
auth:
  sesion: { maxAge: 1 }
  session:
    secret: secret
  providers:
    oidc:
      production:
        metadataUrl: ${idp.metadataUrl}
        clientId: portal
        clientSecret: change-me
`;
    const { code, stdout, stderr } = await (await start('faulty', config)).ended;
    expect(code).toBe(1);
    // Nobody sits at a terminal: the log has a line for each as well.
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ message, level }) => [message, level])[0]).toEqual([
      'Could not start: 6 problems',
      'error',
    ]);
    expect(
      lines
        .slice(1)
        .map(({ place }) => Number(/^faulty[.]yaml:(\d+):/.exec(String(place))?.[1]))
        .toSorted((one, other) => one - other),
    ).toEqual([3, 5, 5, 8, 10, 16]);
    const [title, ...problems] = stderr.trimEnd().split(/\n {2}(?! )/);
    expect(title).toBe('Could not start: 6 problems');
    expect(problems.toSorted()).toEqual([
      "app.baseUrl is http in production: 'http://portal.example.com' (faulty.yaml:3:12)\n" +
        '    Use https; plain http is allowed on loopback only.',
      'auth.providers.oidc.production.clientSecret is a placeholder, which is refused in production (faulty.yaml:16:23)\n' +
        '    Set the secret that the provider gave out for the client.',
      "auth.sesion is not a known key (faulty.yaml:8:3)\n    Did you mean 'session'?",
      'auth.session.secret is a placeholder or has fewer than 16 characters (faulty.yaml:10:13)\n' +
        `    Make one with: node -p "crypto.randomBytes(32).toString('base64url')"`,
      "backend.baseUrl is http in production: 'http://portal.example.com' (faulty.yaml:5:12)\n" +
        '    Use https; plain http is allowed on loopback only.',
      'backend.database is missing; in production it must say where data is kept (faulty.yaml:5:3)\n' +
        "    Set it to { client: better-sqlite3, connection: { directory: './data' } }, or to a PostgreSQL server.",
    ]);
    await expect(fetch(base)).rejects.toThrow('fetch failed');
  });

  it('frees the port also where the fault shows only when the listener is up', async () => {
    const blocked = portalConfig({
      port,
      database: {
        client: 'better-sqlite3',
        connection: { directory: join(directory, 'blocked.yaml', 'db') },
      },
      idp,
      catalogUrl,
    });
    const { code, stdout, stderr } = await (await start('blocked', blocked)).ended;
    expect(code).toBe(1);
    expect(stdout).toContain(`Listening on http://127.0.0.1:${port}`);
    expect(stdout).not.toContain('is ready');
    expect(stderr).toContain('Could not start: 1 problem');
    expect(stderr).toContain('blocked.yaml');
    await expect(fetch(base)).rejects.toThrow('fetch failed');
  });
});

it('signs in, refreshes and logs out on a database in memory', async () => {
  const backend = await started('memory', { client: 'better-sqlite3', connection: ':memory:' });
  const browser = new HttpBrowser();
  const { response } = await signIn(browser, base, idp);
  expect(response.backstageIdentity.identity).toEqual(janesIdentity);
  expect((await refresh(browser, base)).status).toBe(200);
  expect((await logout(browser, base)).status).toBe(200);
  expect((await backend.end('SIGTERM')).code).toBe(0);
});

for (const { config } of databases.filter(({ name }) => name === 'PostgreSQL')) {
  it('ends a sign-in in another process than the one that began it, on the same PostgreSQL', async () => {
    const otherPort = await freePort();
    const processes = await Promise.all([started('one', config), started('other', config, otherPort)]);
    const toOther = (url: string) => url.replace(`//localhost:${port}/`, `//localhost:${otherPort}/`);
    const browser = new HttpBrowser();

    const callback = await reachCallback(browser, base, idp);
    const { response } = readPopup(await browser.send(toOther(callback)));
    expect(response.backstageIdentity.identity).toEqual(janesIdentity);

    // Each verifies what the other issued, and refreshes the one session.
    const { token } = response.backstageIdentity;
    expect((await verify(token)).payload.sub).toBe('user:default/jane');
    for (const one of [base, toOther(base)]) expect((await refresh(browser, one)).status).toBe(200);
    const codes = await Promise.all(processes.map(async (one) => (await one.end('SIGTERM')).code));
    expect(codes).toEqual([0, 0]);
  });
}
