// Trials of a real Backstage backend with our auth plugin in it, of the newest versions that conformance/ pins.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { testDatabases } from '@vestibule/backend-test-utils';
import { freePort } from '../../conformance/backstageProcess.mjs';
import { trial } from './ownPrograms.mjs';
import { Project } from './project.mjs';

const { dependencies: pins } = JSON.parse(
  readFileSync(new URL('../../conformance/backstage/newest/package.json', import.meta.url), 'utf8'),
);
const theirs = ['@backstage/backend-defaults', '@backstage/plugin-catalog-backend'];

const commonjs = `const { createBackend } = require('@backstage/backend-defaults');

const backend = createBackend();
backend.add(require('@vestibule/plugin-auth-backend'));
backend.add(require('@vestibule/plugin-auth-backend-module-guest-provider'));
backend.add(require('@backstage/plugin-catalog-backend'));
backend.start().then(() => console.log('Backstage is ready'));
`;
const esm = `import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();
backend.add(import('@vestibule/plugin-auth-backend'));
backend.add(import('@vestibule/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
await backend.start();
console.log('Backstage is ready');
`;

/** Both kinds of program in one installation, which is large. */
export async function backstage(place) {
  const project = new Project({
    ...place,
    names: ['backstage', '@vestibule/plugin-auth-backend-module-guest-provider'],
    manifest: { dependencies: Object.fromEntries(theirs.map((name) => [name, pins[name]])) },
    files: { 'backend.cjs': commonjs, 'backend.mjs': esm },
  });
  return trial(project, async () => {
    for (const program of ['backend.cjs', 'backend.mjs']) await guestOf(project, program);
  });
}

async function guestOf(project, program) {
  const databases = await testDatabases();
  try {
    const postgres = databases.find(({ name }) => name === 'PostgreSQL');
    assert.ok(postgres, 'PostgreSQL does not answer');
    const port = await freePort();
    const baseUrl = `http://127.0.0.1:${port}`;
    const config = {
      app: { baseUrl },
      backend: { baseUrl, listen: { host: '127.0.0.1', port }, database: postgres.config },
      auth: {
        environment: 'development',
        session: { secret: 'trial-session-secret-0123456789abcdef' },
        providers: { guest: {} },
      },
    };
    project.write({ 'app-config.yaml': JSON.stringify(config) });
    const server = await project.serve([program], 'Backstage is ready');
    const answer = await fetch(`${baseUrl}/api/auth/guest/refresh?env=development`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, `${program}: ${text}\n${server.output()}`);
    assert.equal(JSON.parse(text).backstageIdentity.identity.userEntityRef, 'user:development/guest');
    await server.stop();
  } finally {
    await Promise.all(databases.map(async (database) => database.cleanup()));
  }
}
