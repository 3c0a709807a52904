// The backend of the guide "Our auth in your Backstage backend": Backstage's types take it, and built to CommonJS, as
// Backstage's own build does, it signs in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createBrowser } from './browser.mjs';
import { gitlab, ownPostgres, refresh, signIn, startDropIn, untilCatalogHas } from './dropIn/kit.mjs';
import { startFakeGitLab } from './fakeGitLab.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
// Inside of node_modules nothing says that a file is a module.
const built = 'node_modules/.cache/dropInGuide';

test('the backend of the guide compiles, starts and signs in with its resolver', async (context) => {
  const options = ['--ignoreConfig', '--strict', '--skipLibCheck', '--types', 'node', '--target', 'es2022'];
  const modules = ['--module', 'commonjs', '--moduleResolution', 'bundler', '--esModuleInterop'];
  const tsc = createRequire(new URL('../package.json', import.meta.url)).resolve('typescript/bin/tsc');
  const command = [tsc, ...options, ...modules, '--outDir', built, 'dropIn/guide.ts'];
  execFileSync(process.execPath, command, { cwd: here, stdio: 'inherit' });

  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  const { baseUrl } = await startDropIn(context, {
    postgres,
    parts: [],
    program: `${built}/guide.js`,
    auth: { providers: { guest: {}, gitlab: gitlab({ audience: await startFakeGitLab(context) }) } },
  });
  await untilCatalogHas(baseUrl, 'user/default/jane');
  const browser = createBrowser();
  const { response, error } = await signIn(browser, baseUrl);
  assert.equal(error, undefined);
  assert.equal(response.backstageIdentity.identity.userEntityRef, 'user:default/jane');
  for (const provider of ['gitlab', 'guest'])
    assert.equal((await refresh(browser, baseUrl, provider)).status, 200);
});
