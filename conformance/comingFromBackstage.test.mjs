// The configs of docs/guides/coming-from-backstage, unchanged, in our backend with every module of Backstage's that they
// need and `vestibule migrate` names: each provider sends people to its vendor.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDefaultBackend } from '@vestibule/backend';
import { httpServerServiceRef } from '@vestibule/backend-defaults';
import { createBackendPlugin } from '@vestibule/backend-plugin-api';
import { testDatabases } from '@vestibule/backend-test-utils';
import { createBrowser } from './browser.mjs';

const folder = fileURLToPath(new URL('../docs/guides/coming-from-backstage/', import.meta.url));
const cli = fileURLToPath(new URL('../packages/cli/bin/vestibule.js', import.meta.url));
const configs = {
  'small.yaml': { guest: undefined, github: 'https://github.com' },
  'several-providers.yaml': {
    google: 'https://accounts.google.com',
    github: 'https://github.com',
    gitlab: 'https://gitlab.acme.example',
  },
  'everything.yaml': {
    google: 'https://accounts.google.com',
    github: 'https://github.acme.example',
    microsoft: 'https://login.microsoftonline.com',
    okta: 'https://acme.okta.com',
    oauth2: 'https://sso.acme.example',
  },
};

for (const [file, vendors] of Object.entries(configs)) {
  test(`${file} starts unchanged with the modules that migrate names`, async (context) => {
    const report = JSON.parse(
      execFileSync(process.execPath, [...cliArguments(), 'migrate', folder + file, '--json']),
    );
    assert.equal(report.startsUnchanged, true);
    const modules = report.modules.filter((module) => !module.isIncluded).map((module) => module.package);
    const { url, appUrl, environment } = await startPortal(context, file, modules);
    for (const [provider, vendor] of Object.entries(vendors)) {
      if (vendor === undefined) continue;
      const query = new URLSearchParams({ env: environment, origin: new URL(appUrl).origin }).toString();
      const response = await createBrowser().send(`${url}/api/auth/${provider}/start?${query}`);
      assert.equal(response.status, 302, `${provider}: ${response.text}`);
      assert.equal(new URL(response.headers.get('location')).origin, vendor);
    }
  });
}

/** From source where this test runs from source, else as it was built. */
function cliArguments() {
  const source = process.execArgv.some((argument) => argument.includes('vestibule:source'));
  return source ? [...process.execArgv, cli.replace('bin/vestibule.js', 'src/bin.ts')] : [cli];
}

async function startPortal(context, file, modules) {
  const text = readFileSync(folder + file, 'utf8');
  const [, environment] = /^ {2}environment: (\w+)/m.exec(text);
  const [, appUrl] = /^ {2}baseUrl: (\S+)/m.exec(text);
  const given = { APP_CONFIG_backend_listen: '127.0.0.1:0', LOG_LEVEL: 'error', NODE_ENV: environment };
  for (const [, one, other] of text.matchAll(/\$\{(\w+)\}|\$env: (\w+)/g))
    given[one ?? other] = 'value-4cQ8-0123456789';
  if (environment === 'production') {
    const databases = await testDatabases();
    context.after(async () => Promise.all(databases.map(async (database) => database.cleanup())));
    const postgres = databases.find(({ name }) => name === 'PostgreSQL');
    if (!postgres) return context.skip('no PostgreSQL');
    given.APP_CONFIG_backend_database_connection = JSON.stringify(postgres.config.connection);
    given.APP_CONFIG_backend_database_prefix = postgres.config.prefix;
  }
  const before = { ...process.env };
  Object.assign(process.env, given);
  let url;
  const backend = createDefaultBackend({ configFiles: [folder + file] });
  for (const module of modules) backend.add(import(module));
  backend.add(
    createBackendPlugin({
      pluginId: 'probe',
      register({ registerInit }) {
        registerInit({
          deps: { server: httpServerServiceRef },
          init({ server }) {
            url = server.url();
          },
        });
      },
    }),
  );
  try {
    await backend.start();
  } finally {
    for (const name of Object.keys(given)) {
      if (name in before) process.env[name] = before[name];
      else delete process.env[name];
    }
  }
  context.after(async () => backend.stop());
  return { url, appUrl, environment };
}
