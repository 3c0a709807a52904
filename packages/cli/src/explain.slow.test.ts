/** `vestibule explain` beside a running backend and after it, on each database, as processes of their own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpBrowser, testDatabases } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { portalConfig, reachCallback, secrets } from './testing/portal.ts';
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
let catalogUrl: string;
let catalog: RunningProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-explain-'));
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

const environment = { NODE_ENV: 'production', AUTH_OIDC_CLIENT_SECRET: secrets.client };

async function run(config: string | undefined, ...args: string[]) {
  if (config !== undefined) await writeFile(join(directory, 'app-config.yaml'), config);
  const { code, stdout, stderr } = await runVestibule(args, { directory, environment }).ended;
  return { code, stdout, stderr };
}

describe.each(databases)('vestibule explain on $name', ({ config: database }) => {
  let config: string;
  let backend: RunningProcess;
  let reference: string;

  beforeAll(async () => {
    config = portalConfig({ port, database, idp, catalogUrl });
    await writeFile(join(directory, 'app-config.yaml'), config);
    backend = runVestibule(['start'], { directory, environment });
    await backend.printed('Vestibule is ready');
    const browser = new HttpBrowser();
    const { text } = await browser.send(await reachCallback(browser, base, idp, 'kim'));
    [, reference = ''] = /reference ([0-9a-f]{10})/.exec(text) ?? [];
  });

  it("explains Kim's refusal as a tree while the backend runs", async () => {
    const { code, stdout, stderr } = await run(config, 'explain', reference);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.replace(/\d+ ms/, 'n ms'))).toEqual([
      "sign-in with 'oidc' (production) refused: ERR_RESOLVER_NO_MATCH",
      expect.stringMatching(
        new RegExp(`^├─ reference ${reference}, \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ, n ms$`),
      ),
      expect.stringMatching(/^├─ the provider gave: email k…@example\.com, displayName$/),
      '│  └─ userinfo: sub, name, email, email_verified',
      '├─ gates: none',
      '├─ resolvers',
      '│  └─ emailMatchingUserEntityProfileEmail  passed on (ERR_USER_NOT_FOUND)',
      '│     └─ catalog: spec.profile.email + kind  0 hits',
      expect.stringMatching(/^└─ what to do: No resolver found a user\. Add a User entity/),
      expect.stringMatching(/^ {6}\S/),
      '',
    ]);
  });

  it('takes the reference in capitals, and gives the record as JSON', async () => {
    const { code, stdout } = await run(config, 'explain', reference.toUpperCase(), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, reference, code: 'ERR_RESOLVER_NO_MATCH' });
  });

  it('lists the latest decisions, also when the backend is stopped', async () => {
    expect((await backend.end('SIGTERM')).code).toBe(0);
    const { code, stdout } = await run(config, 'explain');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^time +reference +provider +outcome +code$/),
      expect.stringMatching(
        new RegExp(`Z {2}${reference} {2}oidc {6}sign-in refused {2}ERR_RESOLVER_NO_MATCH$`),
      ),
      '',
    ]);
  });

  it('says why there may be no decision with a reference, and ends with 1', async () => {
    const { code, stdout, stderr } = await run(config, 'explain', 'ffffffffff');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const reason of ['ffffffffff', 'older than seven days', 'another\n  backend', 'the log']) {
      expect(stderr).toContain(reason);
    }
  });

  it('says so where no backend with sign-in has been started, and creates nothing', async () => {
    const elsewhere =
      database.client === 'pg'
        ? { ...database, prefix: `${String(database.prefix)}unused_` }
        : { ...database, connection: { directory: join(directory, 'unused') } };
    const { code, stderr } = await run(
      portalConfig({ port, database: elsewhere, idp, catalogUrl }),
      'explain',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^vestibule: The (database file|PostgreSQL database) \S+ is not there\n {2}Start the backend once/,
    );
    const again = await run(undefined, 'explain');
    expect(again.stderr).toBe(stderr);
  });
});
