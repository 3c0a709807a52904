/** Whatever is a secret in a config, and however it came there: `vestibule config print` does not show it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runMain } from '../testing/runMain.ts';

const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-print-'));
  process.chdir(directory);
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});

/** All that is printed of a config, in each form. */
async function printed(text: string, ...more: string[]): Promise<string> {
  await writeFile('app-config.yaml', text);
  const outputs = [
    await runMain('config', 'print', ...more),
    await runMain('config', 'print', '--json', ...more),
  ];
  return outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
}

// Taken apart, so that no scanner takes this file for a leak.
const issued = (...parts: string[]) => parts.join('');
const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyOmRlZmF1bHQvamFuZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ';

it.each([
  ['that a schema marks', 'auth: { session: { secret: SECRET } }', 'plainword'],
  [
    'of a provider',
    'auth: { providers: { github: { production: { clientId: a, clientSecret: SECRET } } } }',
    'plainword',
  ],
  [
    'of a provider by another name',
    'auth: { providers: { acme: { type: oidc, x: { clientSecret: SECRET } } } }',
    'hunter2',
  ],
  ['of a database', 'backend: { database: { connection: { password: SECRET, user: u } } }', 'hunter2'],
  [
    'of a database, in its URL',
    'backend: { database: { connection: "postgres://u:SECRET@h/d" } }',
    'hunter2',
  ],
  [
    'of a caller',
    'backend: { auth: { externalAccess: [{ type: static, options: { token: SECRET, subject: s } }] } }',
    'plain-token-word',
  ],
  [
    'of a program',
    'auth: { staticClients: [{ clientId: a, clientSecret: SECRET, redirectUris: [x] }] }',
    'hunter2',
  ],
  ['by the name of its key', 'acme: { apiToken: SECRET }', 'hunter2'],
  ['below a key that is named so', 'acme: { passwords: { jane: SECRET, list: [SECRET] } }', 'hunter2'],
  ['that is a number', 'acme: { password: SECRET }', '90210'],
  [
    'that stands elsewhere too',
    'acme: { password: SECRET, note: SECRET, more: "say SECRET twice" }',
    'swordfish',
  ],
  ['within another word', 'acme: { password: SECRET, url: "https://xSECRETx.example/SECRET" }', 'swordfish'],
  [
    'in base64 beside itself',
    `acme: { password: SECRET, header: ${Buffer.from('swordfish').toString('base64')} }`,
    'swordfish',
  ],
  ['as a key', 'acme: { password: SECRET, users: { SECRET: admin } }', 'swordfish'],
  ['of GitHub', 'acme: { note: SECRET }', issued('gh', 'p_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8')],
  [
    'of GitHub, in a text',
    'acme: { note: "use SECRET, please" }',
    issued('github', '_pat_', '11ABCDEFG0abcdefghijkl'),
  ],
  ['of GitLab', 'acme: { clientId: SECRET }', issued('gl', 'pat-', 'abcdEFGHijkl12345678')],
  ['of Slack', 'acme: { note: SECRET }', issued('xo', 'xb-', '123456789012-abcdefghijkl')],
  ['of Amazon', 'acme: { id: SECRET }', issued('AK', 'IA', 'ABCDEFGHIJKLMNOP')],
  ['of Google', 'acme: { note: SECRET }', issued('GOC', 'SPX-', 'abcdefghijklmnop-12345678')],
  [
    'as an issued key',
    'acme: { issued: { SECRET: { user: jane } } }',
    issued('gh', 'o_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'),
  ],
  ['that is random', 'acme: { note: SECRET }', 'k7Qx2mVb9ZpL4sWd8RtY1nHc'],
  ['that is random, in hex', 'acme: { note: SECRET }', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'],
  ['that is random, in base64', 'acme: { note: SECRET }', 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='],
  ['that is a UUID', 'acme: { webhook: SECRET }', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
  ['that is random, in a list', 'acme: { notes: [a, SECRET] }', 'k7Qx2mVb9ZpL4sWd8RtY1nHc'],
  ['that is a JWT', 'acme: { note: "sent SECRET" }', jwt],
  ['behind Bearer', 'acme: { note: "Bearer SECRET" }', 'opaque'],
  ['in a URL', 'acme: { proxy: "http://jane:SECRET@proxy.example" }', 'hunter2'],
  ['in a query', 'acme: { url: "https://x.example/?access_token=SECRET&x=1" }', 'hunter2'],
  [
    'over several lines',
    'acme: { note: "-----BEGIN PRIVATE KEY-----\\nSECRET\\n-----END PRIVATE KEY-----" }',
    'MIGHAgEA',
  ],
])('a secret %s', async (_, text, secret) => {
  const output = await printed(text.replaceAll('SECRET', secret));
  expect(output).toContain('(redacted)');
  expect(output).not.toContain(secret);
  expect(output).not.toContain(Buffer.from(secret).toString('base64'));
});

it('a secret from a file, from a variable, from an included file, and from the environment over all', async () => {
  await writeFile('word.txt', 'swordfish\n');
  await writeFile('more.yaml', 'clientSecret: hunter2-of-the-file\n');
  process.env['PRINT_PASSWORD'] = 'hunter2-of-the-variable';
  process.env['APP_CONFIG_acme_password'] = 'hunter2-over-all';
  try {
    const output = await printed(
      'acme: { word: { $file: word.txt }, of: { $include: more.yaml }, url: "https://u:${PRINT_PASSWORD}@h" }\n',
    );
    expect(output).not.toMatch(/swordfish|hunter2/);
    expect(output).toContain('the file word.txt');
    expect(output).toContain('the environment variable PRINT_PASSWORD');
    expect(output).toContain('the environment variable APP_CONFIG_acme_password');
  } finally {
    delete process.env['PRINT_PASSWORD'];
    delete process.env['APP_CONFIG_acme_password'];
  }
});

it('a secret of a package beside it, which marks it in its own schema', async () => {
  await mkdir('node_modules/@acme/vault', { recursive: true });
  await writeFile('package.json', JSON.stringify({ dependencies: { '@acme/vault': '1' } }));
  const shape = { type: 'object', properties: { word: { type: 'string', visibility: 'secret' } } };
  await writeFile(
    'node_modules/@acme/vault/package.json',
    JSON.stringify({ configSchema: { type: 'object', properties: { vault: shape } } }),
  );
  const output = await printed('vault: { word: plainword, note: other }');
  expect(output).not.toContain('plainword');
  expect(output).toContain('other');
});

it('a secret by its path, in a config that cannot be read as a whole, and in a key that is asked for', async () => {
  const text =
    'acme: { password: swordfish, password: swordfish2 }\nauth: [ { session: { secret: swordfish } } ]\n';
  expect(await printed(text)).not.toContain('swordfish');
  expect(await printed(text, '--path', 'acme.password')).not.toContain('swordfish');
  expect(await printed(text, '--path', 'acme.swordfish')).not.toContain('swordfish');
});

it.each([
  'auth: { session: { sercet: SECRET } }',
  'auth: { session: { secrt: SECRET } }',
  'auth: { providers: { github: { development: { clientSecert: SECRET } } } }',
  'backend: { auth: { externalAccess: [{ type: static, options: { tokn: SECRET, subject: s } }] } }',
  'acme: { pwd: SECRET }',
  'acme: { DB_PASS: SECRET }',
  'acme: { bindCredentials: SECRET }',
  'acme: { env: [{ name: DB_PASSWORD, value: SECRET }] }',
  'acme: { headers: [{ value: SECRET, name: Authorization }] }',
])('a secret under a misspelt or a lesser name: %s', async (text) => {
  expect(await printed(text.replace('SECRET', 'swordfish'))).not.toContain('swordfish');
});

it('and leaves what is none: addresses, names, ids, durations', async () => {
  const text = `auth:
  providers:
    oidc:
      production:
        metadataUrl: https://login.microsoftonline.com/3f2504e0-4f89-41d3-9a0c-0305e82c3301/v2.0
        clientId: 3f2504e0-4f89-41d3-9a0c-0305e82c3301
        signIn: { resolvers: [{ resolver: usernameMatchingUserEntityName }] }
  experimentalRefreshToken: { tokenLifetime: 30 days }
backend: { baseUrl: https://portal-2.eu-west-1.acme.example:7007/path, database: { connection: { host: db-1.rds.amazonaws.com } } }
`;
  expect(await printed(text)).not.toContain('(redacted)');
});
