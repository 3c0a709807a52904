/**
 * The configs of docs/guides/coming-from-backstage, which are Backstage's, started as they stand: only the addresses of
 * this machine and the secrets come from the environment, and each provider of ours sends people to its vendor.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { testDatabases } from '@vestibule/backend-test-utils';
import { afterAll, describe, expect, it } from '@jest/globals';
import { endProcesses, runVestibule, type RunningProcess } from '../testing/vestibuleProcess.ts';

const folder = fileURLToPath(new URL('../../../../docs/guides/coming-from-backstage', import.meta.url));
const databases = await testDatabases();
const postgres = databases.find(({ name }) => name === 'PostgreSQL');

afterAll(async () => {
  await endProcesses();
  await Promise.all(databases.map(async ({ cleanup }) => cleanup()));
});

/** `vestibule start` on a port of its own. */
async function started(file: string, production?: typeof postgres): Promise<RunningProcess> {
  const text = await readFile(`${folder}/${file}`, 'utf8');
  const names = [...text.matchAll(/\$\{(\w+)\}|\$env: (\w+)/g)].map(([, one, other]) => one ?? other ?? '');
  const backend = runVestibule(['start', '--config', file], {
    directory: folder,
    environment: {
      ...Object.fromEntries(names.map((name) => [name, `value-of-${name.toLowerCase()}-4cQ8`])),
      APP_CONFIG_backend_listen_port: '0',
      NODE_ENV: 'development',
      ...(production && {
        NODE_ENV: 'production',
        APP_CONFIG_backend_database_connection: JSON.stringify(production.config.connection),
        APP_CONFIG_backend_database_prefix: String(production.config.prefix),
      }),
    },
  });
  await backend.printed('Vestibule is ready: ');
  return backend;
}

async function startOf(backend: RunningProcess, provider: string, environment: string, origin: string) {
  const [, port] = /Listening on http:\/\/[^\s"]+:(\d+)/.exec(backend.output.stdout) ?? [];
  const query = new URLSearchParams({ env: environment, origin, scope: '' }).toString();
  const answer = await fetch(`http://127.0.0.1:${port}/api/auth/${provider}/start?${query}`, {
    redirect: 'manual',
  });
  return [answer.status, new URL(answer.headers.get('location') ?? 'none:').host];
}

describe('a config of Backstage starts unchanged', () => {
  it('small.yaml', async () => {
    const backend = await started('small.yaml');
    expect(await startOf(backend, 'github', 'development', 'http://localhost:3000')).toEqual([
      302,
      'github.com',
    ]);
    expect((await backend.end('SIGTERM')).code).toBe(0);
  });

  const inProduction = postgres ? it : it.skip;
  inProduction.each([
    ['several-providers.yaml', ['gitlab'], 'github.com'],
    ['everything.yaml', ['microsoft', 'okta', 'oauth2', 'oauth2Proxy'], 'github.acme.example'],
  ])('%s, in production', async (file, hosted, github) => {
    const backend = await started(file, postgres);
    const origin = 'https://portal.acme.example';
    expect(await startOf(backend, 'google', 'production', origin)).toEqual([302, 'accounts.google.com']);
    expect(await startOf(backend, 'github', 'production', origin)).toEqual([302, github]);
    const { code, stdout, stderr } = await backend.end('SIGTERM');
    expect(code).toBe(0);
    for (const provider of hosted) {
      expect(stdout + stderr).toContain(`auth.providers.${provider} is configured, but no module provides`);
    }
    expect(stdout + stderr).not.toContain('is disabled');
  });
});
