// Trials of what runs without Backstage: the command, a backend of one's own, and a module with its tests.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Project } from './project.mjs';

const headers = { 'x-requested-with': 'XMLHttpRequest' };
const config = {
  backend: {
    baseUrl: 'http://localhost:7007',
    listen: '127.0.0.1:0',
    database: { client: 'better-sqlite3', connection: { directory: './data' } },
  },
  fileCatalog: { path: 'people.yaml' },
  auth: { providers: { guest: {} } },
};
const people = `apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: jane }
spec: { profile: { email: jane@acme.example }, memberOf: [] }
`;

/** `vestibule start`, a guest, and an end as a service manager asks for it. */
export async function command(place) {
  const project = new Project({
    ...place,
    names: ['command'],
    files: { 'app-config.yaml': JSON.stringify(config), 'people.yaml': people },
  });
  return trial(project, async () => {
    const server = await project.serve([project.bin('vestibule'), 'start'], 'Vestibule is ready: ');
    const answer = await askedFrom(server, '/api/auth/guest/refresh', headers);
    assert.equal(answer.backstageIdentity.identity.userEntityRef, 'user:development/guest');
    assert.equal((await askedFrom(server, '/api/auth/.well-known/jwks.json')).keys.length > 0, true);
    assert.equal(await server.stop(), 0);
    // An optional peer that nobody installed, in the words of this package manager.
    project.write({ 'demo.yaml': JSON.stringify({ devIdp: { enabled: true } }) });
    const withDemo = ['--config', 'app-config.yaml', '--config', 'demo.yaml'];
    assert.throws(
      () => project.node([project.bin('vestibule'), 'start', ...withDemo]),
      /package @vestibule\/dev-idp is not installed \[ERR_DEV_IDP_MISSING\]/,
    );
  });
}

/** A backend of features, with a provider module that stands in the project. */
export async function backend(place) {
  const acme = { auth: { providers: { acme: { header: 'x-acme-user' } } } };
  const project = new Project({
    ...place,
    names: ['backend', '@vestibule/plugin-auth-node'],
    manifest: { dependencies: { zod: '^4.0.0' } },
    files: {
      'app-config.yaml': JSON.stringify(config),
      'app-config.local.yaml': JSON.stringify(acme),
      'people.yaml': people,
      'acme.mjs': acmeModule,
      'backend.mjs': `import { createDefaultBackend } from '@vestibule/backend';
import { runBackend } from '@vestibule/cli';

const backend = createDefaultBackend();
backend.add(import('./acme.mjs'));
await runBackend(backend);
`,
    },
  });
  return trial(project, async () => {
    const server = await project.serve(['backend.mjs'], 'Vestibule is ready: ');
    const jane = { ...headers, 'x-acme-user': 'jane@acme.example' };
    const answer = await askedFrom(server, '/api/auth/acme/refresh', jane);
    assert.equal(answer.backstageIdentity.identity.userEntityRef, 'user:default/jane');
    assert.equal(await server.stop(), 0);
  });
}

const acmeModule = `import { createAuthProviderFeature, createProxyProviderFactory } from '@vestibule/plugin-auth-node';
import { z } from 'zod';

export default createAuthProviderFeature({
  providerId: 'acme',
  factory: createProxyProviderFactory({
    configSchema: z.object({ header: z.string() }),
    defaultResolver: () => async ({ profile }, ctx) =>
      ctx.signInWithCatalogUser({ filter: { kind: 'User', 'spec.profile.email': profile.email } }),
    create: ({ settings }) => ({
      authenticate: async ({ headers }) => ({ result: {}, profile: { email: headers[settings.header] } }),
    }),
  }),
});
`;

/** The package of docs/guides/write-your-own-provider.md: it compiles with the declarations of all others, and its tests pass. */
export async function module(place) {
  const files = filesOfGuide('docs/guides/write-your-own-provider.md');
  const manifest = JSON.parse(files['package.json']);
  const tsconfig = JSON.parse(files['tsconfig.json']);
  // Every declaration that it reaches, not only its own.
  tsconfig.compilerOptions.skipLibCheck = false;
  const project = new Project({
    ...place,
    names: [],
    manifest,
    files: { ...files, 'package.json': JSON.stringify(manifest), 'tsconfig.json': JSON.stringify(tsconfig) },
  });
  return trial(project, async () => {
    // So it is found under each of them.
    project.write({ 'compile.cjs': "require('typescript/lib/tsc.js');\n" });
    project.node(['compile.cjs']);
    const output = project.node([
      '--test',
      '--test-reporter=tap',
      'dist/contract.test.js',
      'dist/signIn.test.js',
    ]);
    assert.match(output, /^# fail 0$/m);
    assert.equal(Number(/^# pass (\d+)$/m.exec(output)?.[1]) > 30, true, output);
  });
}

function filesOfGuide(guide) {
  const text = readFileSync(fileURLToPath(new URL(`../../${guide}`, import.meta.url)), 'utf8');
  const blocks = /^<!-- file (\S+) -->\n(?:<!-- .* -->\n)?\n```\w+\n([\s\S]*?\n)```$/gm;
  return Object.fromEntries([...text.matchAll(blocks)].map(([, path, content]) => [path, content]));
}

/** Installs, does, measures, and takes everything away. */
export async function trial(project, act) {
  try {
    project.install();
    const megabytes = project.megabytes();
    await act();
    return { megabytes };
  } finally {
    project.remove();
  }
}

async function askedFrom(server, path, sent = {}) {
  const [, address] = /Listening on (http:\/\/[\d.:]+)/.exec(server.output()) ?? [];
  const answer = await fetch(`${address}${path}`, { headers: sent });
  const text = await answer.text();
  assert.equal(answer.status, 200, `${path}: ${text}\n${server.output()}`);
  return JSON.parse(text);
}
