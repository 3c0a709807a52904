/** What docs/guides/production.md says of rotation, backup and the rights of the database's user, done with real parts. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

const guide = await readFile(
  fileURLToPath(new URL('../../../../docs/guides/production.md', import.meta.url)),
  'utf8',
);
const databases = await testDatabases();
const postgres = databases.find(({ name }) => name === 'PostgreSQL');
const longest = 180_000;
let directory: string;
let port: number;
let base: string;
let idp: DevIdpServer;
let catalogUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-operations-'));
  port = await freePort();
  base = `http://localhost:${port}/api/auth`;
  const redirectUris = [`${base}/oidc/handler/frame`];
  idp = await startDevIdp({ clients: [{ clientId: 'portal', clientSecret: secrets.client, redirectUris }] });
  const catalog = runScript(new URL('../testing/catalogServer.ts', import.meta.url), [base]);
  await catalog.printed('"url"');
  ({ url: catalogUrl } = JSON.parse(catalog.output.stdout) as { url: string });
}, 60_000);

afterAll(async () => {
  await endProcesses();
  await Promise.all([idp.stop(), ...databases.map(async ({ cleanup }) => cleanup())]);
  await rm(directory, { recursive: true });
});

async function start(database: object, environment: Record<string, string> = {}): Promise<RunningProcess> {
  await writeFile(join(directory, 'app-config.yaml'), portalConfig({ port, database, idp, catalogUrl }));
  return runVestibule(['start'], {
    directory,
    environment: { NODE_ENV: 'production', AUTH_OIDC_CLIENT_SECRET: secrets.client, ...environment },
  });
}

async function started(...given: Parameters<typeof start>): Promise<RunningProcess> {
  const backend = await start(...given);
  await backend.printed('Vestibule is ready: ');
  return backend;
}

const userInfo = async (token: string) =>
  (await fetch(`${base}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;

it(
  'a new session secret ends sessions, and no token',
  async () => {
    const database = { client: 'better-sqlite3', connection: { directory: join(directory, 'rotated') } };
    const browser = new HttpBrowser();
    const before = await started(database);
    const { token } = (await signIn(browser, base, idp)).response.backstageIdentity;
    await before.end('SIGTERM');

    const after = await started(database, {
      APP_CONFIG_auth_session_secret: 'rY7-dq0L2mXw9Tz4Kc1NvB6sJh3Pf8Ga',
    });
    expect(await userInfo(token)).toBe(200);
    expect((await refresh(browser, base)).status).toBe(401);
    const anew = (await signIn(browser, base, idp)).response.backstageIdentity;
    expect(await userInfo(anew.token)).toBe(200);
    expect((await refresh(browser, base)).status).toBe(200);
    await after.end('SIGTERM');
  },
  longest,
);

it(
  'a copy of the SQLite files of a backend that has stopped is a backup',
  async () => {
    const [data, copy] = [join(directory, 'data'), join(directory, 'copy')];
    const database = { client: 'better-sqlite3', connection: { directory: data } };
    const browser = new HttpBrowser();
    const before = await started(database);
    await signIn(browser, base, idp);
    await before.end('SIGTERM');
    await mkdir(copy);
    await cp(join(data, 'auth.sqlite'), join(copy, 'auth.sqlite'));
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    const after = await started(database);
    expect((await refresh(browser, base)).status).toBe(200);
    await after.end('SIGTERM');
  },
  longest,
);

(postgres ? describe : describe.skip)('on PostgreSQL', () => {
  const prefix = String(postgres?.config.prefix);
  const server = new URL(String(postgres?.config.connection));
  const names = { database: `${prefix}portal`, copy: `${prefix}copy`, user: `${prefix}user` };
  const password = 'tF4-pw-of-a-test';

  afterAll(() => {
    for (const name of [names.database, names.copy]) {
      psql(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE);`);
    }
    psql(server, `DROP ROLE IF EXISTS ${names.user};`);
  });

  /** The SQL of the guide, with the names of this test. */
  function statements(): string {
    const [, block] = /```sql\n([^]*?)```/.exec(guide) ?? [];
    if (block === undefined) throw new Error('the guide has no SQL');
    return block
      .replaceAll("'…'", `'${password}'`)
      .replace(/\bvestibule\b/g, names.user)
      .replace(/\bportal\b/g, names.database);
  }

  const settings = (user: string, more: object) => ({
    client: 'pg',
    pluginDivisionMode: 'schema',
    connection: {
      host: server.hostname,
      port: Number(server.port || 5432),
      user,
      password,
      database: names.database,
    },
    ...more,
  });

  it(
    'a user with the rights that the guide grants starts and signs in, and one with fewer is told so',
    async () => {
      psql(server, statements());
      const refused = await start(settings(names.user, {}));
      expect((await refused.ended).stderr).toContain('Create the database or schema beforehand');
      const backend = await started(settings(names.user, { ensureExists: false }));
      await signIn(new HttpBrowser(), base, idp);
      await backend.end('SIGTERM');
    },
    longest,
  );

  it(
    'a dump is restored into another database, with the sessions in it',
    async () => {
      const browser = new HttpBrowser();
      const database = settings(names.user, { ensureExists: false });
      const before = await started(database);
      await signIn(browser, base, idp);
      const dump = join(directory, 'auth.dump');
      tool('pg_dump', ['--format=custom', `--file=${dump}`, urlOf(names.database)]);
      await before.end('SIGTERM');
      psql(server, `CREATE DATABASE ${names.copy};`);
      tool('pg_restore', ['--exit-on-error', `--dbname=${urlOf(names.copy)}`, dump]);
      const connection = { ...database.connection, database: names.copy };
      const after = await started({ ...database, connection });
      expect((await refresh(browser, base)).status).toBe(200);
      await after.end('SIGTERM');
    },
    longest,
  );

  const urlOf = (database: string) => Object.assign(new URL(server.href), { pathname: `/${database}` }).href;
});

function psql(server: URL, input: string): void {
  tool('psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', server.href], input);
}

function tool(name: string, args: readonly string[], input?: string): void {
  const { status, stderr, error } = spawnSync(name, args, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`${name}: ${stderr || String(error)}`);
}
