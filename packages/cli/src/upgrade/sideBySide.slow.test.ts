/**
 * A replica of the release and one of today's code on one PostgreSQL, as while an upgrade rolls out: whatever begins at one
 * goes on at the other, and what is used up at one is so at the other.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createFrontEnd,
  HttpBrowser,
  readPopup,
  startScriptedOpenIdProvider,
  type TestDatabase,
} from '@vestibule/backend-test-utils';
import { startEmulatedGitHub } from '@vestibule/emulated-vendors';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { endProcesses, freePort, type RunningProcess } from '../testing/vestibuleProcess.ts';
import { freshDatabase } from './testing/freshDatabase.ts';
import { loginsOf } from './testing/logins.ts';
import { createOAuthProgram, needed } from './testing/oauthProgram.ts';
import {
  copyReleasedCode,
  releasedCommit,
  runCommandOfToday,
  runPortalOfToday,
} from './testing/releasedCode.ts';
import { gitHubClient, idpClientSecret, portalEnvironment, writePortal } from './testing/upgradedPortal.ts';

const released = await copyReleasedCode();
// A shallow clone has no history to run, in CI neither; whoever clones it whole runs this.
if (!released)
  process.stderr.write(`Skipped beside the release: this clone has no commit ${releasedCommit}\n`);
afterAll(async () => released?.[Symbol.asyncDispose]());

type Release = 'released' | 'today';
const bothWays: [Release, Release][] = [
  ['released', 'today'],
  ['today', 'released'],
];
const providers = ['oidc', 'partners', 'github', 'vendor'];
const eachWay = bothWays.flatMap(([one, other]) =>
  providers.map((provider) => [provider, one, other] as const),
);

interface Installation {
  kind: string;
  sessionSecret?: string;
  database: TestDatabase | undefined;
}

const installations: Installation[] = [
  {
    kind: 'a configured secret',
    sessionSecret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5',
    database: await freshDatabase('PostgreSQL'),
  },
  { kind: 'a generated secret', database: await freshDatabase('PostgreSQL') },
];
const canRun = released !== undefined && installations.every(({ database }) => database);
afterAll(async () => Promise.all(installations.map(async ({ database }) => database?.cleanup())));

/** Both replicas, and what is around them. */
async function startBoth({ sessionSecret, database }: Installation) {
  if (!released || !database) throw new Error('there is nothing to run, or no database to share');
  const ports = { released: await freePort(), today: await freePort() };
  const urls = { released: `http://localhost:${ports.released}`, today: `http://localhost:${ports.today}` };
  const baseUrl = urls.released;
  const idp = await startScriptedOpenIdProvider({
    clientSecret: idpClientSecret,
    rotatesRefreshTokens: true,
  });
  // So that every refresh has to ask for new tokens.
  idp.scripts.token = ({ body, ...answer }) => ({
    ...answer,
    body: typeof body === 'object' && 'refresh_token' in body ? { ...body, expires_in: 60 } : body,
  });
  const redirectUris = [`${baseUrl}/api/auth/github/handler/frame`];
  const gitHub = await startEmulatedGitHub({ clients: [{ ...gitHubClient, redirectUris }] });
  const directories: Record<Release, string> = {
    released: await mkdtemp(join(tmpdir(), 'vestibule-released-')),
    today: await mkdtemp(join(tmpdir(), 'vestibule-today-')),
  };
  const configOf = async (release: Release) =>
    writePortal({
      directory: directories[release],
      port: ports[release],
      baseUrl,
      database: database.config,
      sessionSecret,
      idp,
      gitHubUrl: gitHub.url,
    });
  const configs = { released: await configOf('released'), today: await configOf('today') };
  const start = async (release: Release): Promise<RunningProcess> => {
    const running = (release === 'released' ? released.runPortal : runPortalOfToday)(configs[release]);
    await running.printed('Vestibule is ready');
    return running;
  };
  const [runningReleased, runningToday] = await Promise.all([start('released'), start('today')]);
  const running = { released: runningReleased, today: runningToday };

  return {
    idp,
    logins: loginsOf({ baseUrl, idp, gitHub }),
    frontEnd: (release: Release, provider: string) =>
      createFrontEnd({ url: urls[release] }, { provider, environment: portalEnvironment, origin: baseUrl }),
    program: (release: Release) => createOAuthProgram(`${urls[release]}/api/auth`),
    /** The same route at another replica. */
    at: (release: Release, { pathname, search }: URL) => urls[release] + pathname + search,
    userInfo: async (release: Release, token: string) =>
      (
        await fetch(`${urls[release]}/api/auth/v1/userinfo`, {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status,
    keySet: async (release: Release) =>
      (await fetch(`${urls[release]}/api/auth/.well-known/jwks.json`)).json(),
    explain: async (release: Release, reference: string) =>
      (release === 'released' ? released.runCommand : runCommandOfToday)([
        'explain',
        reference,
        '--config',
        configs[release],
      ]).ended,
    async restart(release: Release) {
      const { code, stderr } = await running[release].end('SIGTERM');
      running[release] = await start(release);
      return { code, stderr };
    },
    async stop() {
      await endProcesses();
      await Promise.all([idp.close(), gitHub.stop()]);
      await Promise.all(Object.values(directories).map(async (one) => rm(one, { recursive: true })));
    },
  };
}

if (canRun) {
  describe.each(installations)('the release and today with $kind', (installation) => {
    let both: Awaited<ReturnType<typeof startBoth>>;
    beforeAll(async () => {
      both = await startBoth(installation);
    }, 60_000);
    afterAll(async () => both.stop());

    async function signIn(release: Release, provider = 'oidc') {
      const browser = new HttpBrowser();
      const { response, error } = await both
        .frontEnd(release, provider)
        .signIn(browser, both.logins(provider));
      expect(error).toBeUndefined();
      return { browser, token: response?.backstageIdentity?.token ?? '' };
    }

    /** Who it is, or the code of the refusal. */
    async function refresh(release: Release, provider: string, browser: HttpBrowser) {
      const { response, error } = await both.frontEnd(release, provider).refresh(browser);
      return error?.code ?? response?.backstageIdentity?.identity.userEntityRef;
    }

    it.each(eachWay)(
      "refresh a session of '%s' that was begun at %s, and at %s, by turns",
      async (...given) => {
        const [provider, one, other] = given;
        const { browser } = await signIn(one, provider);
        for (const release of [other, one, other]) {
          expect([release, await refresh(release, provider, browser)]).toEqual([
            release,
            'user:default/jane',
          ]);
        }
      },
    );

    it.each(eachWay)("end a sign-in with '%s' that began at %s at %s, once", async (...given) => {
      const [provider, one, other] = given;
      const browser = new HttpBrowser();
      const callback = await both.frontEnd(one, provider).reachCallback(browser, both.logins(provider));
      const cookies = [...browser.cookies];
      const { response } = readPopup(await browser.send(both.at(other, callback)));
      expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
      expect(await refresh(one, provider, browser)).toBe('user:default/jane');
      for (const release of [one, other]) {
        for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
        const { error } = readPopup(await browser.send(both.at(release, callback)));
        expect([release, error?.code]).toEqual([release, 'ERR_AUTH_ATTEMPT_REPLAYED']);
      }
    });

    it.each(eachWay)("end a session of '%s' that was begun at %s by a sign-out at %s", async (...given) => {
      const [provider, one, other] = given;
      const { browser } = await signIn(one, provider);
      const cookies = [...browser.cookies];
      expect((await both.frontEnd(other, provider).signOut(browser)).status).toBe(200);
      for (const release of [one, other]) {
        for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
        expect([release, await refresh(release, provider, browser)]).toEqual([
          release,
          'ERR_AUTH_SESSION_ENDED',
        ]);
      }
    });

    it.each(bothWays)(
      'ask the provider one after the other for a session that was begun at %s',
      async (one, other) => {
        const { browser } = await signIn(one);
        both.idp.requests.length = 0;
        const racing = [one, other, one, other].map(async (release) => refresh(release, 'oidc', browser));
        expect(await Promise.all(racing)).toEqual(racing.map(() => 'user:default/jane'));
        expect(await refresh(other, 'oidc', browser)).toBe('user:default/jane');
        const sent = both.idp.requests.flatMap(({ endpoint, form }) =>
          endpoint === 'token' ? [form.get('refresh_token')] : [],
        );
        expect(sent.length).toBeGreaterThanOrEqual(3);
        // Each is good once: a replica that did not wait, or did not see the other's, would send a spent one.
        expect(new Set(sent).size).toBe(sent.length);
      },
    );

    it('sign with one key, and take the tokens of each other', async () => {
      const tokens = [(await signIn('released')).token, (await signIn('today')).token];
      const [first, second] = tokens.map((token) => decodeProtectedHeader(token));
      expect(first).toEqual(second);
      expect(await both.keySet('released')).toEqual(await both.keySet('today'));
      for (const token of tokens) {
        expect(await both.userInfo('released', token)).toBe(200);
        expect(await both.userInfo('today', token)).toBe(200);
      }
    });

    it.each(bothWays)('let a program begin at %s and go on at %s', async (one, other) => {
      const { token } = await signIn(one);
      const [here, there] = [both.program(one), both.program(other)];
      const client = await here.register();
      const code = await there.approve(await here.begin(client), token);
      const unseen = await here.approve(await there.begin(client), token);
      const first = needed(await there.exchange(client, code), 'refresh_token');
      expect((await here.exchange(client, unseen)).status).toBe(200);
      const second = needed(await here.refresh(client, first), 'refresh_token');
      const third = needed(await there.refresh(client, second), 'refresh_token');

      // What one has used up, the other refuses; and with a refresh token also what took its place (RFC 9700, 4.14.2).
      expect((await here.refresh(client, second)).body).toMatchObject({ error: 'invalid_grant' });
      expect((await there.refresh(client, third)).body).toMatchObject({ error: 'invalid_grant' });
      const spent = await there.approve(await here.begin(client), token);
      expect((await here.exchange(client, spent)).status).toBe(200);
      expect((await there.exchange(client, spent)).body).toMatchObject({ error: 'invalid_grant' });
    });

    it.each(bothWays)(
      'explain at %s what was refused at %s',
      async (one, other) => {
        const { person } = both.idp;
        both.idp.person = { sub: 'nobody-1', email: 'nobody@example.com', email_verified: true };
        const { error } = await both.frontEnd(other, 'oidc').signIn(new HttpBrowser(), both.logins('oidc'));
        both.idp.person = person;
        const { reference = '' } = error ?? {};
        const { code, stdout, stderr } = await both.explain(one, reference);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        for (const part of [reference, 'oidc', 'ERR_RESOLVER_NO_MATCH', 'ERR_USER_NOT_FOUND'])
          expect(stdout).toContain(part);
      },
      60_000,
    );

    it.each(bothWays)(
      'start %s again on what %s has written',
      async (one, other) => {
        const { browser } = await signIn(other);
        expect(await both.restart(one)).toEqual({ code: 0, stderr: '' });
        expect(await refresh(one, 'oidc', browser)).toBe('user:default/jane');
      },
      60_000,
    );
  });
} else it.skip('the release and today have no database to share, or there is no release', () => undefined);
