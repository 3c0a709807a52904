/** `vestibule sessions` beside two running replicas, on each database, as processes of their own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpBrowser, testDatabases } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { portalConfig, refresh, secrets, signIn } from '../testing/portal.ts';
import {
  endProcesses,
  freePort,
  runScript,
  runVestibule,
  type RunningProcess,
} from '../testing/vestibuleProcess.ts';
import { createOAuthProgram } from '../upgrade/testing/oauthProgram.ts';

const databases = await testDatabases();
let directory: string;
let idp: DevIdpServer;
let port: number;
let otherPort: number;
let base: string;
let catalogUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-sessions-'));
  [port, otherPort] = [await freePort(), await freePort()];
  base = `http://localhost:${port}/api/auth`;
  const catalog = runScript(new URL('../testing/catalogServer.ts', import.meta.url), [base]);
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

const environment = { NODE_ENV: 'production', AUTH_OIDC_CLIENT_SECRET: secrets.client };
const programs = `
auth:
  experimentalDynamicClientRegistration: { enabled: true }
  experimentalRefreshToken: { enabled: true }`;

async function sessions(...args: string[]) {
  const { code, stdout, stderr } = await runVestibule(['sessions', ...args], { directory, environment })
    .ended;
  return { code, stdout, stderr };
}

describe.each(databases)('vestibule sessions on $name', ({ config: database }) => {
  const replicas: RunningProcess[] = [];
  beforeAll(async () => {
    for (const listenPort of [otherPort, port]) {
      const config = portalConfig({ port, listenPort, database, idp, catalogUrl });
      await writeFile(join(directory, 'app-config.yaml'), config.replace('\nauth:', programs));
      const replica = runVestibule(['start'], { directory, environment });
      await replica.printed('Vestibule is ready');
      replicas.push(replica);
    }
  });
  afterAll(async () => Promise.all(replicas.map(async (replica) => replica.end('SIGTERM'))));

  /** At every replica. */
  async function statusesOf(browser: HttpBrowser): Promise<number[]> {
    const cookies = [...browser.cookies];
    const statuses: number[] = [];
    for (const at of [base, base.replace(String(port), String(otherPort))]) {
      for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
      statuses.push((await refresh(browser, at)).status);
    }
    return statuses;
  }

  it('lists nobody, while nobody is there', async () => {
    expect(await sessions('list')).toEqual({ code: 0, stdout: 'No session fits.\n', stderr: '' });
    expect(await sessions('list', '--format', 'json')).toMatchObject({ code: 0, stdout: '[]\n' });
    expect((await sessions('show', 'abcdefgh')).code).toBe(1);
    expect(await sessions('revoke', '--all')).toEqual({
      code: 0,
      stdout: 'Ended 0 sessions.\n',
      stderr: '',
    });
  });

  it('lists and shows browsers and programs, ends those of a person, and every replica refuses them', async () => {
    const browsers = [new HttpBrowser(), new HttpBrowser()] as const;
    const { response } = await signIn(browsers[0], base, idp);
    await signIn(browsers[1], base, idp);
    const program = createOAuthProgram(base);
    const client = await program.register();
    const refreshToken = await program.grant(client, response.backstageIdentity.token);
    for (const browser of browsers) expect(await statusesOf(browser)).toEqual([200, 200]);

    const { code, stdout, stderr } = await sessions('list', '--user', 'jane');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [heading, ...lines] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^id +kind +user +provider +client +created +last used +ends$/);
    expect(lines.map((line) => line.split(/ +/).slice(1, 4)).sort()).toEqual([
      ['browser', 'user:default/jane', 'oidc'],
      ['browser', 'user:default/jane', 'oidc'],
      ['program', 'user:default/jane', '-'],
    ]);
    for (const browser of browsers) {
      for (const { value } of browser.cookies.values()) expect(stdout).not.toContain(value.slice(0, 12));
    }
    expect(stdout).not.toContain(refreshToken.split('.')[1]);

    const [id = ''] = lines[0]?.split(' ') ?? [];
    const shown = await sessions('show', id);
    expect([shown.code, shown.stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(`^id +${id}$`)]);
    const asJson = JSON.parse((await sessions('show', id, '--format', 'json')).stdout) as object;
    expect(asJson).toMatchObject({ id, userEntityRef: 'user:default/jane' });

    expect((await sessions('revoke', '--user', 'omar')).stdout).toBe('Ended 0 sessions.\n');
    expect((await sessions('revoke', '--user', 'jane', '--older-than', '1d')).stdout).toBe(
      'Ended 0 sessions.\n',
    );
    expect(await sessions('revoke', '--user', 'user:default/jane')).toEqual({
      code: 0,
      stdout: 'Ended 3 sessions.\n',
      stderr: '',
    });
    for (const browser of browsers) expect(await statusesOf(browser)).toEqual([401, 401]);
    for (const at of [base, base.replace(String(port), String(otherPort))]) {
      const { body } = await createOAuthProgram(at).refresh(client, refreshToken);
      expect(body).toMatchObject({ error: 'invalid_grant' });
    }
    expect((await sessions('list')).stdout).toBe('No session fits.\n');
  });

  it('ends one by its id, and tells it in JSON', async () => {
    const [kept, ended] = [new HttpBrowser(), new HttpBrowser()];
    await signIn(ended, base, idp);
    const [session] = JSON.parse((await sessions('list', '--format', 'json')).stdout) as { id: string }[];
    await signIn(kept, base, idp);
    const { stdout } = await sessions('revoke', session!.id, '--format', 'json');
    expect(JSON.parse(stdout)).toEqual({ endedCount: 1 });
    expect(await statusesOf(ended)).toEqual([401, 401]);
    expect(await statusesOf(kept)).toEqual([200, 200]);
  });
});
