import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { runMain } from '../testing/runMain.ts';

const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-print-'));
  process.chdir(directory);
  await writeFile('app-config.yaml', config);
  await writeFile(
    'app-config.local.yaml',
    'app: { title: "on: the #1" }\nauth: { providers: { guest: null } }\n',
  );
  await writeFile('database.yaml', 'main:\n  client: pg\n');
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});
afterEach(() => {
  for (const name of ['PRINT_PORT', 'APP_CONFIG_auth_environment']) delete process.env[name];
});

const config = `app: { title: Acme, empty: [] }
backend:
  listen: { port: "\${PRINT_PORT}" }
  database: { $include: database.yaml#main }
auth:
  environment: development
  providers:
    guest: {}
    acme:
      type: oidc
      development:
        clientId: portal
        clientSecret: x-secret-of-acme-4cQ8
        signIn: { resolvers: [{ resolver: emailMatchingUserEntityProfileEmail, allowedDomains: [a.example] }] }
acme: { yes: "no", "x y": { "1": 0 } }
`;

it('shows the merged config with the place of each value, as YAML that reads the same', async () => {
  process.env['PRINT_PORT'] = '7117';
  process.env['APP_CONFIG_auth_environment'] = 'production';
  const { code, stdout, stderr } = await runMain('config', 'print');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`app:
  title: "on: the #1" # app-config.local.yaml:1:15
  empty: []
backend:
  listen:
    port: "7117" # app-config.yaml:3:19, the environment variable PRINT_PORT
  database:
    client: pg # database.yaml:2:11
auth:
  environment: production # the environment variable APP_CONFIG_auth_environment
  providers:
    acme:
      type: oidc # app-config.yaml:10:13
      development:
        clientId: portal # app-config.yaml:12:19
        clientSecret: (redacted) # app-config.yaml:13:23
        signIn:
          resolvers:
            - resolver: emailMatchingUserEntityProfileEmail # app-config.yaml:14:43
              allowedDomains:
                - a.example # app-config.yaml:14:97
acme:
  "yes": "no" # app-config.yaml:15:14
  x y:
    "1": 0 # app-config.yaml:15:34
`);
  const json = JSON.parse((await runMain('config', 'print', '--json')).stdout) as {
    config: unknown;
    origins: Record<string, string>;
  };
  expect(json.config).toEqual(parse(stdout));
  expect(json.origins['auth.providers.acme.development.clientId']).toBe('app-config.yaml:12:19');
});

it('shows a part by its key', async () => {
  const part = await runMain(
    'config',
    'print',
    '--path',
    'auth.providers.acme.development.signIn.resolvers[0]',
  );
  expect(part.stdout).toBe(
    'resolver: emailMatchingUserEntityProfileEmail # app-config.yaml:14:43\nallowedDomains:\n  - a.example # app-config.yaml:14:97\n',
  );
  const none = await runMain('config', 'print', '--path', 'auth.provider');
  expect(none).toEqual({ code: 1, stdout: '', stderr: 'The config has no auth.provider.\n' });
});

it('shows what can be read of a config that has faults', async () => {
  await writeFile(
    'broken.yaml',
    'app: { title: Acme, title: Again }\nbackend: { cors: { $include: gone.yaml } }\n',
  );
  const { code, stdout, stderr } = await runMain('config', 'print', '--config', 'broken.yaml');
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: 'app:\n  title: Acme # broken.yaml:1:15\nbackend: {}\n',
  });
  expect(stderr).toContain('app.title is written twice');
  expect(stderr).toContain('the file gone.yaml does not exist');
});
