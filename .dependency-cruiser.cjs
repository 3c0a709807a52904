// Who may import whom, as data. ARCHITECTURE.md draws it; scripts/plantedFaults.mjs shows that it bites.

const { readdirSync } = require('node:fs');
const { join } = require('node:path');

/** Modules of the auth plugin that bring one provider each. */
const providerModules = readdirSync(join(module.path, 'plugins'))
  .filter((name) => /^auth-backend-module-.+-provider$/.test(name))
  .map((name) => `plugins/${name}`);

/** Workspace folder -> the workspace folders that its product code may import. A new folder needs a row. */
const arrows = {
  // Contracts and small parts that everyone may build on.
  'packages/catalog-model': [],
  'packages/backend-plugin-api': [],
  'packages/outbound-http': ['packages/backend-plugin-api'],
  'packages/koa-handler': ['packages/backend-plugin-api'],
  'packages/database-migrations': ['packages/backend-plugin-api'],
  'packages/libsql': [],

  // The framework. It knows nothing of sign-in.
  'packages/backend-core': ['packages/backend-plugin-api'],
  'packages/backend-defaults': [
    'packages/backend-core',
    'packages/backend-plugin-api',
    'packages/outbound-http',
    'packages/database-migrations',
    'packages/libsql',
  ],
  'packages/backend-test-utils': [
    'packages/backend-core',
    'packages/backend-defaults',
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'packages/outbound-http',
    'plugins/auth-backend',
    'plugins/auth-node',
    'plugins/catalog-client',
    'plugins/catalog-node',
  ],

  // Sign-in.
  'plugins/catalog-node': ['packages/backend-plugin-api', 'packages/catalog-model'],
  'plugins/catalog-client': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'packages/outbound-http',
    'plugins/catalog-node',
  ],
  'plugins/auth-node': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'packages/outbound-http',
    'plugins/catalog-node',
  ],
  'plugins/auth-pages': ['packages/backend-plugin-api', 'plugins/auth-node'],
  'plugins/auth-backend': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'packages/outbound-http',
    'packages/koa-handler',
    'packages/database-migrations',
    'plugins/auth-node',
    'plugins/auth-pages',
    'plugins/catalog-node',
  ],
  ...Object.fromEntries(
    providerModules.map((folder) => [
      folder,
      [
        'packages/backend-plugin-api',
        'packages/catalog-model',
        'packages/outbound-http',
        'plugins/auth-node',
        'plugins/catalog-node',
      ],
    ]),
  ),
  'plugins/auth-backend-module-oauth-server': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'packages/outbound-http',
    'packages/koa-handler',
    'packages/database-migrations',
    'plugins/auth-node',
    'plugins/auth-pages',
    'plugins/catalog-node',
  ],
  'plugins/auth-web': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'packages/koa-handler',
    'plugins/auth-node',
    'plugins/auth-pages',
    'plugins/catalog-node',
  ],

  // A backend and its router in one: it composes, and nothing builds on it but examples.
  'plugins/auth-router': [
    'packages/backend-core',
    'packages/backend-defaults',
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'plugins/auth-backend',
    ...providerModules,
    'plugins/auth-backend-module-oauth-server',
    'plugins/auth-node',
    'plugins/catalog-client',
    'plugins/catalog-node',
  ],

  // The demo's identity provider, and what runs everything.
  'packages/dev-idp': ['packages/backend-plugin-api'],
  // Vendors on loopback; product code imports it nowhere.
  'packages/emulated-vendors': ['packages/dev-idp'],
  'packages/backend': [
    'packages/backend-core',
    'packages/backend-defaults',
    'packages/backend-plugin-api',
    // Reached by a dynamic import, and absent from a production install.
    'packages/dev-idp',
    'plugins/auth-backend',
    'plugins/auth-backend-module-oauth-server',
    'plugins/auth-node',
    'plugins/auth-web',
    'plugins/catalog-client',
  ],
  'packages/cli': [
    'packages/backend',
    'packages/backend-core',
    'packages/backend-defaults',
    'packages/backend-plugin-api',
    // What a record looks like, for `vestibule explain`; sessions, and what programs hold, for `vestibule sessions`.
    'plugins/auth-backend',
    'plugins/auth-backend-module-oauth-server',
    'plugins/auth-node',
  ],

  // Writes projects that import the others; itself it imports none.
  'packages/create-vestibule': [],

  // Examples import contracts only, as a user's own packages would.
  'examples/acme-provider': ['packages/backend-plugin-api', 'plugins/auth-node'],
  'examples/acme-sign-in': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'plugins/auth-node',
    'plugins/catalog-node',
  ],
  // What the samples of old imported from the auth backend comes from the router here.
  'examples/seed': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'plugins/auth-node',
    'plugins/auth-router',
    'plugins/catalog-node',
  ],
  'examples/audit-sink': ['packages/backend-plugin-api', 'plugins/auth-node'],
  'examples/cached-catalog': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'plugins/catalog-node',
  ],
  // Of the API it knows the document alone.
  'examples/openapi-client': [],
  'examples/redis-sessions': ['packages/backend-plugin-api', 'plugins/auth-node'],
  'examples/static-catalog': [
    'packages/backend-plugin-api',
    'packages/catalog-model',
    'plugins/catalog-client',
    'plugins/catalog-node',
  ],
};

/**
 * Room of `auth-backend` -> the rooms that it may import, types included; files beside the rooms are everybody's. From the
 * ground floor up; no room reaches back. Of `providers`, the flow knows the interface alone (`flow knows no adapter`).
 */
const rooms = {
  database: [],
  http: [],
  secrets: ['database'],
  keys: ['database', 'secrets'],

  identity: ['database', 'keys'],
  record: ['database'],
  policy: ['identity', 'record'],
  transactions: ['database', 'http', 'secrets'],
  sessions: ['database', 'http', 'identity', 'policy', 'secrets'],
  providers: ['http', 'policy', 'record', 'secrets', 'sessions', 'transactions'],
  flow: ['http', 'identity', 'keys', 'policy', 'providers', 'record', 'secrets', 'sessions', 'transactions'],
  api: ['flow', 'sessions'],
};

/** What a package exports besides its index. */
const subpaths = [
  '^packages/backend-defaults/src/probe[.]ts$',
  '^plugins/auth-backend/src/(inspect|services|testKit)[.]ts$',
  '^plugins/auth-backend-module-oauth-server/src/inspect[.]ts$',
];

/** npm package -> the folders that are its home. A package without a row has none. */
const homes = {
  '@clack/prompts': ['packages/create-vestibule'],
  accepts: ['packages/koa-handler'],
  '@redis/client': ['examples/redis-sessions'],
  'openapi-fetch': ['examples/openapi-client'],
  tsyringe: ['packages/backend-core'],
  'reflect-metadata': ['packages/backend-core'],
  koa: [
    'packages/koa-handler',
    'packages/dev-idp',
    'plugins/auth-backend-module-oauth-server',
    'plugins/auth-web',
  ],
  '@koa/router': ['plugins/auth-backend-module-oauth-server', 'plugins/auth-router', 'plugins/auth-web'],
  'openid-client': ['plugins/auth-node', 'plugins/auth-backend-module-[^/]+'],
  jose: [
    'packages/backend-defaults',
    'plugins/auth-node',
    'plugins/auth-backend',
    'plugins/auth-backend-module-[^/]+',
    'packages/backend-test-utils',
  ],
  knex: [
    'packages/backend-defaults',
    'packages/backend-test-utils',
    'packages/database-migrations',
    'plugins/auth-backend',
    'plugins/auth-backend-module-oauth-server',
    // The type of core.database, and nothing else.
    'packages/backend-plugin-api/src/services/database[.]ts',
  ],
  // The test utilities make databases of their own on a server.
  pg: ['packages/backend-defaults', 'packages/backend-test-utils'],
  'pg-connection-string': ['packages/backend-defaults'],
  pino: ['packages/backend-defaults'],
  'pino-pretty': ['packages/backend-defaults'],
  picomatch: ['packages/backend-defaults', 'plugins/auth-backend'],
  yaml: ['packages/backend-defaults', 'plugins/catalog-client'],
  undici: ['packages/outbound-http'],
  'oidc-provider': ['packages/dev-idp'],
  emulate: ['packages/emulated-vendors'],
  zod: [
    'packages/backend-defaults',
    'packages/dev-idp',
    'packages/backend',
    'plugins/(?!catalog-node)[^/]+',
    'examples/[^/]+',
  ],
};

const anyOf = (patterns) => `^(${patterns.join('|')})(/|$)`;
const signIn = 'plugins/auth-backend/src';
const workspace = '^(packages|plugins|examples)/[^/]+';
const testCode = '([.](test|browser)[.]ts$|/testing/)';
const product = (folder) => ({ path: `^${folder}(/|$)`, pathNot: testCode });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([folder, allowed]) => ({
      name: `arrows of ${folder}`,
      severity: 'error',
      comment: `${folder} may import: ${allowed.join(', ') || 'no other workspace'}`,
      from: product(folder),
      to: { path: workspace, pathNot: anyOf([folder, ...allowed]) },
    })),
    {
      name: 'every workspace has its arrows',
      severity: 'error',
      comment: 'Add a row to `arrows` in .dependency-cruiser.cjs.',
      from: { path: workspace, pathNot: anyOf(Object.keys(arrows)) },
      to: {},
    },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `room ${room}`,
      severity: 'error',
      comment: `${room} may import: ${allowed.join(', ') || 'no other room'}`,
      from: product(`${signIn}/${room}`),
      to: {
        path: `^${signIn}/[^/]+/`,
        pathNot: anyOf([room, ...allowed].map((name) => `${signIn}/${name}`)),
      },
    })),
    {
      name: 'flow knows no adapter',
      severity: 'error',
      comment: 'Import providers/signInProvider.ts, which every kind of provider implements.',
      from: product(`${signIn}/(flow|router[.]ts)`),
      to: { path: `^${signIn}/providers/`, pathNot: `^${signIn}/providers/signInProvider[.]ts$` },
    },
    ...Object.entries(homes).map(([name, folders]) => ({
      name: `home of ${name}`,
      severity: 'error',
      comment: `${name} is imported in ${folders.join(', ')} and in tests only.`,
      from: { path: workspace, pathNot: [anyOf(folders), testCode] },
      to: { path: `(^|/)node_modules/(@types/)?${name}/` },
    })),
    {
      name: 'third parties have a home',
      severity: 'error',
      comment: 'Add a row to `homes` in .dependency-cruiser.cjs.',
      from: { path: workspace, pathNot: testCode },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
        pathNot: `(^|/)node_modules/(@types/)?(${Object.keys(homes).join('|')})/`,
      },
    },
    {
      name: 'every room has its row',
      severity: 'error',
      comment: 'Add a row to `rooms` in .dependency-cruiser.cjs.',
      from: {
        path: `^${signIn}/[^/]+/`,
        pathNot: [anyOf(Object.keys(rooms).map((name) => `${signIn}/${name}`)), testCode],
      },
      to: {},
    },
    {
      name: 'contracts import types of knex only',
      severity: 'error',
      from: { path: '^packages/backend-plugin-api/' },
      to: { path: '(^|/)node_modules/knex/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests are imported by tests only',
      severity: 'error',
      from: { path: workspace, pathNot: testCode },
      to: { path: testCode },
    },
    {
      name: 'no circles',
      severity: 'error',
      comment: 'Types count, too: a type that two files need stands in a file of its own.',
      from: { path: workspace },
      to: { circular: true },
    },
    {
      name: 'imports lead somewhere',
      severity: 'error',
      from: { path: workspace },
      to: { couldNotResolve: true },
    },
    {
      name: 'packages are entered by their exports',
      severity: 'error',
      comment: 'Import the package by its name, not a file inside another package.',
      from: { path: '^(packages|plugins|examples)/([^/]+)/' },
      to: {
        path: '^(packages|plugins|examples)/[^/]+/',
        pathNot: ['^$1/$2/', '/src/index[.]ts$', ...subpaths],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    // Without these two, imports by package name are silently taken for unresolvable and never judged.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['vestibule:source', 'types', 'import', 'node', 'default'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
