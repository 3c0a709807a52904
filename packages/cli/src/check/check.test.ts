/** `vestibule check` as people run it, and held against what a start and `migrate` say of the same config. */
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDefaultBackend } from '@vestibule/backend';
import { BackendStartupError } from '@vestibule/backend-core';
import { createBackend, createRootConfigFactory } from '@vestibule/backend-defaults';
import { createBackendPlugin, createServiceRef } from '@vestibule/backend-plugin-api';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationReport } from '../migrate/report.ts';
import { runMain } from '../testing/runMain.ts';
import { checkBackend } from './checkBackend.ts';
import type { CheckReport } from './checkReport.ts';
import { formatCheck } from './formatCheck.ts';

const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-check-'));
  process.chdir(directory);
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});
afterEach(() => {
  delete process.env['CHECK_PORT'];
});

/** Seven of them. */
const faulty = `backend:
  baseUrl: localhost:7007
  lissten: 7007
  database: { client: mysql }
auth:
  environment: development
  allow: { domain: [acme.example] }
  ownership: { maxDepth: deep }
  providers:
    guest: {}
    google:
      development: { clientSecret: x-secret-of-google-4cQ8 }
    github:
      development: { clientId: portal, clientSecret: x-secret-of-github-4cQ8, callbackUrl: nowhere }
`;

describe('a config with seven faults', () => {
  beforeAll(async () => writeFile('faulty.yaml', faulty));

  it('is judged alike by a start, by check and by migrate, in one order', async () => {
    const { code, stdout } = await runMain('check', 'faulty.yaml', '--format', 'json');
    const { faults } = JSON.parse(stdout) as CheckReport;
    const started = await createDefaultBackend({ configFiles: ['faulty.yaml'] })
      .start()
      .catch((error: unknown) => error);
    const migrated = JSON.parse(
      (await runMain('migrate', 'faulty.yaml', '--json')).stdout,
    ) as MigrationReport;
    expect(code).toBe(1);
    expect(faults.map(({ key, location }) => `${key} ${location?.file}:${location?.line}`)).toEqual([
      'backend.database.client faulty.yaml:4',
      'backend.baseUrl faulty.yaml:2',
      'auth.ownership.maxDepth faulty.yaml:8',
      'backend.lissten faulty.yaml:3',
      'auth.allow.domain faulty.yaml:7',
      'auth.providers.google.development.clientId faulty.yaml:12',
      'auth.providers.github.development.callbackUrl faulty.yaml:14',
    ]);
    const said = (list: readonly { code?: string; message: string }[]) => list.map(({ message }) => message);
    expect(started).toBeInstanceOf(BackendStartupError);
    expect(said((started as BackendStartupError).problems)).toEqual(said(faults));
    expect(said(migrated.mustChange)).toEqual(said(faults));
  });

  it('is told in the words of a start, without a secret', async () => {
    const { code, stdout, stderr } = await runMain('check', '--config', 'faulty.yaml');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^A start would find 7 faults\.\n\nFaults: 7\n {2}backend\.database\.client must be /,
    );
    expect(stdout).toContain(`  backend.lissten is not a known key (faulty.yaml:3:3)
    Did you mean 'listen'?
`);
    expect(stdout).not.toContain('4cQ8');
  });

  it('becomes SARIF that its schema takes, with the codes as rules and the places as regions', async () => {
    const { code, stdout } = await runMain('check', 'faulty.yaml', '--format=sarif', '--output', 'out.sarif');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const log: unknown = JSON.parse(await readFile('out.sarif', 'utf8'));
    expect(await sarifFaults(log)).toEqual([]);
    const { runs } = log as {
      runs: [{ tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }];
    };
    expect(runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['ERR_CONFIG_UNKNOWN_KEY', 'ERR_CONFIG_VALUE_INVALID']),
    );
    expect(runs[0].results).toHaveLength(7);
    expect(runs[0].results[3]).toMatchObject({
      ruleId: 'ERR_CONFIG_UNKNOWN_KEY',
      level: 'error',
      message: { text: "backend.lissten is not a known key\nDid you mean 'listen'?" },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'faulty.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 3, startColumn: 3 },
          },
          logicalLocations: [{ fullyQualifiedName: 'backend.lissten' }],
        },
      ],
    });
  });

  /** What OASIS's own schema refuses. */
  async function sarifFaults(log: unknown): Promise<unknown[]> {
    const path = createRequire(import.meta.url).resolve(
      '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
    );
    // Of draft-04, with nothing in it that draft-07 has otherwise but the name of its id.
    const {
      $schema: _,
      id: __,
      ...schema
    } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const ajv = new Ajv({
      strict: false,
      unicodeRegExp: false,
      inlineRefs: false,
      code: { optimize: false },
    });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    expect(validate({ version: '2.1.0' })).toBe(false);
    validate(log);
    return validate.errors ?? [];
  }
});

it('asks no database, and opens no port: a start finds both away', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const calls: unknown[] = [];
  taken.on('connection', (socket) => calls.push(socket.destroy()));
  await writeFile(
    'away.yaml',
    `backend:
  listen: { host: 127.0.0.1, port: ${port} }
  database: { client: pg, connection: { host: 127.0.0.1, port: ${port}, user: nobody } }
auth: { providers: { oidc: { development: { metadataUrl: 'http://127.0.0.1:${port}/', clientId: a, clientSecret: s-4cQ8-of-a-client } } } }
`,
  );
  const { code, stdout } = await runMain('check', 'away.yaml');
  await new Promise((resolve) => taken.close(resolve));
  expect({ code, calls: calls.length }).toEqual({ code: 0, calls: 0 });
  expect(stdout).toMatch(/^A start would find no fault\.\n/);
});

it('reads the environment as a start does, or, for a pull request, none', async () => {
  const text = 'backend: { listen: { port: "${CHECK_PORT}" } }\nauth: { providers: { guest: {} } }\n';
  await writeFile('app-config.yaml', text);
  process.env['CHECK_PORT'] = 'seven';
  const given = await runMain('check');
  expect([given.code, given.stdout]).toEqual([1, expect.stringContaining('backend.listen')]);
  const any = await runMain('check', '--any-environment');
  expect([any.code, any.stdout]).toEqual([0, expect.stringMatching(/^A start would find no fault\./)]);
  await writeFile(
    'app-config.yaml',
    text.replace('backend:', 'backend: &x').replace('auth:', 'auht: 1\nauth:'),
  );
  await writeFile('other.yaml', text.replace('listen', 'lissten'));
  const misspelt = await runMain('check', 'other.yaml', '--any-environment');
  expect([misspelt.code, misspelt.stdout]).toEqual([1, expect.stringContaining("Did you mean 'listen'?")]);
});

it('holds a config to the rules of production that does not say so', async () => {
  await writeFile(
    'app-config.yaml',
    'backend: { database: { client: pg } }\nauth: { providers: { guest: {} } }\n',
  );
  expect((await runMain('check')).code).toBe(0);
  const { code, stdout } = await runMain('check', '--production');
  expect([code, stdout]).toEqual([1, expect.stringContaining('backend.baseUrl')]);
});

it('tells of what it cannot read', async () => {
  const missing = await runMain('check', 'nowhere.yaml', '--format', 'json');
  expect(missing.code).toBe(1);
  expect(JSON.parse(missing.stdout)).toMatchObject({ faults: [{ code: 'ERR_CONFIG_FILE_MISSING' }] });
  const unwritable = await runMain('check', 'app-config.yaml', '--output', 'no/such/folder');
  expect([unwritable.code, unwritable.stderr]).toEqual([1, expect.stringContaining('cannot be written')]);
});

it('judges a backend of one’s own with its features', async () => {
  const ref = createServiceRef<string>({ id: 'acme.clock', scope: 'root' });
  const backend = createBackend();
  backend.add(createRootConfigFactory({ data: { backend: { lissten: 1 } } }));
  backend.add(
    createBackendPlugin({
      pluginId: 'acme',
      register: ({ registerInit }) => registerInit({ deps: { ref }, init: () => undefined }),
    }),
  );
  const report = await checkBackend(backend);
  expect(report.faults.map(({ code, key, details }) => [code, key, details])).toEqual([
    ['ERR_CONFIG_UNKNOWN_KEY', 'backend.lissten', undefined],
    ['ERR_SERVICE_MISSING', '', ['needed by: plugin acme -> acme.clock']],
  ]);
  expect(formatCheck(report)).toContain('needed by: plugin acme -> acme.clock');
  expect(JSON.parse(formatCheck(report, 'sarif', ['my.yaml']))).toMatchObject({
    runs: [
      { results: [{}, { locations: [{ physicalLocation: { artifactLocation: { uri: 'my.yaml' } } }] }] },
    ],
  });
});

it('tells of a database that a connection names without effect, and where', async () => {
  await writeFile(
    'unused.yaml',
    `backend:
  baseUrl: http://localhost:7007
  database:
    client: pg
    connection: { host: 127.0.0.1, database: portal }
auth: { environment: development, providers: { guest: {} } }
`,
  );
  const { code, stdout } = await runMain('check', 'unused.yaml');
  expect(code).toBe(0);
  expect(stdout).toContain("names the database 'portal', which is not used");
  expect(stdout).toContain('unused.yaml:5:');
  expect(stdout).toContain("pluginDivisionMode to 'schema'");
});
