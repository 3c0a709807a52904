/** Who can sign in, as a start tells it, as whoever judges the config does, and as readiness does where it is nobody. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRootConfigFactory, httpServerServiceRef } from '@vestibule/backend-defaults';
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  type JsonObject,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createDefaultBackend } from './createDefaultBackend.ts';

const github = (resolver: string) => ({
  development: {
    clientId: 'portal',
    clientSecret: '1f0b1c9ad0c94f2d',
    signIn: { resolvers: [{ resolver }] },
  },
});
const configOf = (providers: JsonObject, more: JsonObject = {}): JsonObject => ({
  backend: { listen: '127.0.0.1:0', database: { client: 'better-sqlite3', connection: ':memory:' } },
  auth: { providers },
  ...more,
});
const catalog = createServiceFactory({
  service: catalogServiceRef,
  deps: {},
  factory: () => createInMemoryCatalog([]),
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function backendOf(data: JsonObject, features: readonly (typeof catalog)[] = []) {
  const backend = createDefaultBackend({ rootConfig: createRootConfigFactory({ data, environment: {} }) });
  for (const feature of features) backend.add(feature);
  return backend;
}

async function start(...given: Parameters<typeof backendOf>) {
  const lines: string[] = [];
  const backend = backendOf(...given);
  let url = '';
  backend.add(
    createServiceFactory({
      service: coreServices.rootLogger,
      deps: {},
      factory() {
        const log = (level: string) => (message: unknown) => void lines.push(`${level} ${String(message)}`);
        const logger: LoggerService = {
          error: log('error'),
          warn: log('warn'),
          info: log('info'),
          debug() {},
          child: () => logger,
        };
        return logger;
      },
    }),
  );
  backend.add(
    createBackendPlugin({
      pluginId: 'address',
      register({ registerInit }) {
        registerInit({
          deps: { server: httpServerServiceRef },
          async init({ server }) {
            url = server.url();
          },
        });
      },
    }),
  );
  await backend.start();
  stops.push(async () => backend.stop());
  const readiness = await fetch(`${url}/.backstage/health/v1/readiness`);
  const { notes } = await backendOf(...given).judge();
  return {
    errors: lines.filter((line) => line.startsWith('error ')),
    summary: lines.filter((line) => line.startsWith('info sign-in provider')),
    lines,
    readiness: [readiness.status, await readiness.json()],
    notes,
  };
}

describe('a backend in which nobody can sign in', () => {
  it('says so once at level error, with each reason and the next step, and is not ready', async () => {
    const data = configOf({ guest: {}, github: github('usernameMatchingUserEntityName') });
    const { errors, readiness } = await start(data);
    expect(errors).toEqual([
      expect.stringMatching(
        /^error nobody can sign in: guest lets in nobody, since .* only; github looks people up in a catalog, and no catalog is named\. .*NODE_ENV=development.*discovery\.endpoints/,
      ),
    ]);
    const [status, body] = readiness;
    expect([status, body]).toEqual([
      503,
      { status: 'error', message: expect.stringMatching(/^nobody can sign in: guest .*; github /) },
    ]);
    expect(JSON.stringify(body)).not.toContain('1f0b1c9ad0c94f2d');
  });
});

describe('a backend without any provider', () => {
  const withAuth = (auth: JsonObject): JsonObject => ({ ...configOf({}), auth });

  it('is not ready, since its config may not have been read, and says what to write', async () => {
    const { errors, readiness } = await start(withAuth({}));
    expect(errors).toEqual([
      "error nobody can sign in: no provider stands under auth.providers. Name one, or write 'providers: {}' where nobody is to sign in",
    ]);
    expect(readiness).toEqual([
      503,
      { status: 'error', message: 'nobody can sign in: no provider stands under auth.providers' },
    ]);
  });

  it('is ready where the config says so, and warned about', async () => {
    const { lines, errors, readiness } = await start(withAuth({ providers: {} }));
    expect([errors, readiness]).toEqual([[], [200, { status: 'ok' }]]);
    expect(lines).toContain('warn nobody can sign in: no provider stands under auth.providers');
  });
});

describe('a backend in which somebody can', () => {
  it('is ready, and tells of each provider what it asks which catalog for, as whoever judges the config does', async () => {
    const data = configOf(
      { guest: {}, github: github('usernameMatchingUserEntityName') },
      { discovery: { endpoints: [{ target: 'http://localhost:1/api/catalog', plugins: ['catalog'] }] } },
    );
    const { errors, readiness, summary, notes } = await start(data);
    expect([errors, readiness]).toEqual([[], [200, { status: 'ok' }]]);
    expect(summary).toEqual([
      'info sign-in provider guest: profile transforms: default (provider); resolvers: default (provider); lets in: nobody, since guests may sign in in development only',
      expect.stringMatching(
        /^info sign-in provider github \(development\): resolvers: usernameMatchingUserEntityName \(config\); looked up by metadata\.name in the catalog of discovery\.endpoints; callback URL: http:/,
      ),
    ]);
    const withoutAddress = summary.map((line) =>
      line.replace(/^info /, '').replace(/; callback URL: .*/, ''),
    );
    expect(notes).toEqual(withoutAddress);
  });

  it('takes a catalog that was added for one', async () => {
    const { errors, readiness, summary } = await start(
      configOf({ github: github('emailMatchingUserEntityProfileEmail') }),
      [catalog],
    );
    expect([errors, readiness]).toEqual([[], [200, { status: 'ok' }]]);
    expect(summary.join()).toContain('looked up by spec.profile.email in the catalog');
  });

  it('names what nobody reads of a config that others share in one quiet line', async () => {
    const shared = ['techdocs', 'organization', 'proxy', 'integrations', 'scaffolder', 'kubernetes'];
    const others = [...shared, 'permission', 'events', 'search', 'notifications', 'signals', 'costInsights'];
    const data = configOf(
      { github: github('emailMatchingUserEntityProfileEmail') },
      { ...Object.fromEntries(others.map((root) => [root, {}])), address: {}, devIdp: {} },
    );
    const { lines } = await start(data, [catalog]);
    expect(lines.filter((line) => /techdocs|costInsights/.test(line))).toEqual([
      `info of the config, nothing that is installed says that it reads ${others.slice(0, -1).join(', ')} and costInsights; a front end or another backend may`,
    ]);
    const judged = await backendOf(data, [catalog]).judge();
    expect(judged.warnings.filter(({ code }) => code === 'ERR_CONFIG_UNKNOWN_KEY')).toEqual([]);
  });

  it('warns of a root that resembles one of ours, with that name, as whoever judges the config does', async () => {
    const data = configOf(
      { github: github('emailMatchingUserEntityProfileEmail') },
      { atuh: {}, filecatalog: { path: 'people.yaml' }, organization: {} },
    );
    const { lines } = await start(data, [catalog]);
    const says = 'has no effect that is known: nothing that is installed says that it reads it';
    const warnings = [
      `atuh ${says}. Did you mean 'auth'?`,
      `filecatalog ${says}. Did you mean 'fileCatalog'?`,
    ];
    expect(lines.filter((line) => line.includes('nothing that is installed says'))).toEqual([
      ...warnings.map((line) => `warn ${line}`),
      expect.stringMatching(/^info .* reads organization; a front end/),
    ]);
    const judged = await backendOf(data, [catalog]).judge();
    expect(judged.warnings.map(({ path, code }) => [path, code])).toEqual(
      ['atuh', 'filecatalog'].map((root) => [root, 'ERR_CONFIG_UNKNOWN_KEY']),
    );
  });
});
