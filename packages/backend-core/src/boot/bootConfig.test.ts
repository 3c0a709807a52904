import { describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  coreServices,
  createBackendFeatureLoader,
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
  runtimeModeServiceRef,
  withProductionCheck,
  type ConfigSchema,
  type RedactingLogger,
} from '@vestibule/backend-plugin-api';
import {
  backendOf,
  configFactory,
  emptyModule,
  emptyPlugin,
  failedStart,
  never,
} from '../testing/backends.ts';

/** A schema that wants `key` of a root object to be a number. */
function wantsNumber(root: string, key: string): ConfigSchema {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const found = (value as Record<string, Record<string, unknown> | undefined>)[root]?.[key];
        return typeof found === 'number'
          ? { value }
          : { issues: [{ message: 'must be a number', path: [root, key] }] };
      },
      jsonSchema: {
        input: () => ({
          type: 'object',
          properties: { [root]: { type: 'object', properties: { [key]: { type: 'number' } } } },
        }),
      },
    },
  };
}

function plugin(pluginId: string, configSchema: ConfigSchema) {
  return createBackendPlugin({
    pluginId,
    configSchema,
    register: ({ registerInit }) =>
      registerInit({
        deps: {},
        init() {
          throw new Error('ran in spite of the config');
        },
      }),
  });
}

describe('config', () => {
  it.each([
    [true, ['ERR_CONFIG_VALUE_INVALID', 'ERR_TEST_UNSAFE']],
    [false, ['ERR_CONFIG_VALUE_INVALID']],
  ])(
    'is checked for what production refuses in the same go, where isProduction is %p',
    async (isProduction, codes) => {
      const schema = withProductionCheck(wantsNumber('one', 'count'), (config) => [
        {
          code: 'ERR_TEST_UNSAFE',
          path: 'one',
          message: `unsafe: ${JSON.stringify(config.getOptional('one'))}`,
        },
      ]);
      const mode = createServiceFactory({
        service: runtimeModeServiceRef,
        deps: {},
        factory: () => ({ isDevelopment: false, isProduction }),
      });
      const { problems } = await failedStart(
        backendOf([configFactory({ one: { count: 'x' } }), plugin('one', schema), mode]),
      );
      expect(problems.map(({ code }) => code)).toEqual(codes);
    },
  );

  it('is checked against the schemas of plugins and services, and its problems join those of the graph', async () => {
    const ref = createServiceRef<string>({ id: 'test.service', scope: 'root' });
    const { problems } = await failedStart(
      backendOf([
        configFactory({ one: { count: 'x' }, two: { size: 'y', sizes: 2 } }),
        plugin('one', wantsNumber('one', 'count')),
        createServiceFactory({
          service: ref,
          deps: {},
          configSchema: wantsNumber('two', 'size'),
          factory() {
            throw new Error('ran in spite of the config');
          },
        }),
        emptyModule('absent', 'orphan'),
      ]),
    );
    expect(problems.map(({ code }) => code).toSorted()).toEqual([
      'ERR_CONFIG_UNKNOWN_KEY',
      'ERR_CONFIG_VALUE_INVALID',
      'ERR_CONFIG_VALUE_INVALID',
      'ERR_MODULE_ORPHAN',
    ]);
    expect(problems.find(({ code }) => code === 'ERR_CONFIG_UNKNOWN_KEY')).toMatchObject({
      message: 'two.sizes is not a known key',
      hint: "Did you mean 'size'?",
    });
  });

  it('shows the place of a problem where the config knows it', async () => {
    const data: Record<string, unknown> = { one: { count: 'x' } };
    const config = createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: async () => ({
        ...((await configFactory(data).factory({}, undefined)) as Awaited<
          (typeof coreServices.rootConfig)['T']
        >),
        locate: () => ({ file: 'app-config.yaml', line: 4, column: 12 }),
      }),
    });
    const { message } = await failedStart(backendOf([config, plugin('one', wantsNumber('one', 'count'))]));
    expect(message).toMatch(
      /^Could not start: 1 problem\n {2}one\.count must be a number.* \(app-config\.yaml:4:12\)/,
    );
  });

  it('that cannot be read reports its own problems one by one', async () => {
    const config = createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory() {
        throw new ConfigError([
          {
            code: 'ERR_CONFIG_VALUE_INVALID',
            path: 'a',
            message: 'a is wrong',
            location: { file: 'x.yaml', line: 1, column: 2 },
          },
          { code: 'ERR_CONFIG_VALUE_INVALID', path: 'b', message: 'b is wrong', suggestion: 'Mend it.' },
        ]);
      },
    });
    const { message } = await failedStart(backendOf([config, emptyModule('absent', 'orphan')]));
    expect(message).toBe(
      [
        'Could not start: 3 problems',
        '  a is wrong (x.yaml:1:2)',
        '  b is wrong',
        '    Mend it.',
        "  module 'orphan' extends plugin 'absent', which is not installed",
        "    Add the plugin 'absent', or remove the module. Installed are: none.",
      ].join('\n'),
    );
  });

  it('that cannot be read in full is judged in what is left, but for what follows from the gap', async () => {
    const data = { one: { count: 'x' }, two: {}, three: {} };
    const rest = (await configFactory(data).factory({}, undefined)) as Awaited<
      (typeof coreServices.rootConfig)['T']
    >;
    const config = createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory() {
        throw new ConfigError([{ code: 'ERR_CONFIG_FILE_MISSING', path: 'two', message: 'no two.yaml' }], {
          rest: { config: rest, unread: ['two'] },
        });
      },
    });
    const { problems } = await failedStart(
      backendOf([
        config,
        plugin('one', wantsNumber('one', 'count')),
        plugin('two', wantsNumber('two', 'size')),
        plugin('three', wantsNumber('three', 'length')),
      ]),
    );
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['ERR_CONFIG_FILE_MISSING', 'two'],
      ['ERR_CONFIG_VALUE_INVALID', 'one.count'],
      ['ERR_CONFIG_VALUE_MISSING', 'three.length'],
    ]);
  });

  it('is made before any other service, with what it needs', async () => {
    const events: string[] = [];
    const source = createServiceRef<string>({ id: 'config.source', scope: 'root' });
    const other = createServiceRef<string>({ id: 'an.other', scope: 'root' });
    const note = (name: string) => {
      events.push(name);
      return name;
    };
    await using backend = backendOf([
      createServiceFactory({ service: other, deps: {}, factory: () => note('other') }),
      createServiceFactory({ service: source, deps: {}, factory: () => note('source') }),
      createServiceFactory({
        service: coreServices.rootConfig,
        deps: { source },
        async factory() {
          note('config');
          return (await configFactory({}).factory({}, undefined)) as (typeof coreServices.rootConfig)['T'];
        },
      }),
      createBackendFeatureLoader({
        loader() {
          note('loader');
          return [];
        },
      }),
    ]);
    await backend.start();
    expect(events).toEqual(['source', 'config', 'loader', 'other']);
  });

  it('is checked for what loaders bring too', async () => {
    const { problems } = await failedStart(
      backendOf([
        configFactory({ one: { count: 'x' } }),
        createBackendFeatureLoader({ loader: () => [plugin('one', wantsNumber('one', 'count'))] }),
      ]),
    );
    expect(problems.map(({ code }) => code)).toEqual(['ERR_CONFIG_VALUE_INVALID']);
  });

  it('that is wrong keeps loaders that look at something from running, and nobody is blamed for what they might have brought', async () => {
    const ran: string[] = [];
    const noting = (name: string, feature: ReturnType<typeof emptyPlugin>, deps = {}) =>
      createBackendFeatureLoader({
        deps,
        loader() {
          ran.push(name);
          return [feature];
        },
      });
    const { problems } = await failedStart(
      backendOf([
        configFactory({ one: { count: 'x' }, two: { size: 'y' } }),
        plugin('one', wantsNumber('one', 'count')),
        emptyModule('loaded-later', 'm'),
        noting('of the config', emptyPlugin('loaded-later'), { config: coreServices.rootConfig }),
        noting('of nothing', plugin('two', wantsNumber('two', 'size'))),
      ]),
    );
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['ERR_CONFIG_VALUE_INVALID', 'one.count'],
      ['ERR_CONFIG_VALUE_INVALID', 'two.size'],
    ]);
    expect(ran).toEqual(['of nothing']);
  });

  it('is checked against the schemas of loaders, before they run', async () => {
    const { problems } = await failedStart(
      backendOf([
        configFactory({ one: { count: 'x' } }),
        createBackendFeatureLoader({
          deps: { config: coreServices.rootConfig },
          configSchema: wantsNumber('one', 'count'),
          loader: () => Promise.reject(new Error('ran in spite of the config')),
        }),
      ]),
    );
    expect(problems.map(({ path }) => path)).toEqual(['one.count']);
  });

  it('of the boot itself is checked: durations, policies, unknown keys', async () => {
    const { problems } = await failedStart(
      backendOf([
        configFactory({
          backend: {
            startup: { timeout: 'soon', default: { onPluginBootFailure: 'ignore' }, plugin: {} },
            lifecycle: { shutdownTimeout: -1 },
          },
        }),
      ]),
    );
    expect(problems.map(({ message }) => message).toSorted()).toEqual([
      expect.stringContaining('backend.lifecycle.shutdownTimeout is not a duration'),
      expect.stringContaining(
        "backend.startup.default.onPluginBootFailure is neither 'abort' nor 'continue'",
      ),
      'backend.startup.plugin is not a known key',
      expect.stringContaining('backend.startup.timeout is not a duration'),
    ]);
  });

  it.each([0, '0s', { milliseconds: 0 }, 'PT0S'])('has no deadline of no time: %j', async (timeout) => {
    const backend = { startup: { timeout }, lifecycle: { shutdownTimeout: timeout } };
    const { problems } = await failedStart(backendOf([configFactory({ backend })]));
    expect(problems.map(({ path }) => path)).toEqual([
      'backend.startup.timeout',
      'backend.lifecycle.shutdownTimeout',
    ]);
  });

  it('problems that a service finds when it reads its part are spelled out, each with what it stopped', async () => {
    const ref = createServiceRef<string>({ id: 'test.strict', scope: 'root' });
    const service = createServiceFactory({
      service: ref,
      deps: {},
      factory() {
        throw new ConfigError([
          {
            code: 'ERR_ONE',
            path: 'a',
            message: 'a is wrong',
            location: { file: 'x.yaml', line: 1, column: 2 },
          },
          { code: 'ERR_TWO', path: 'b', message: 'b is wrong' },
        ]);
      },
    });
    const { problems } = await failedStart(backendOf([configFactory({}), service]));
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_ONE', 'a is wrong'],
      ['ERR_TWO', 'b is wrong'],
    ]);
  });

  it('marked secret is kept out of errors and told to the root logger before anybody logs', async () => {
    const secret = 'hunter2-hunter2';
    const events: unknown[] = [];
    const secretSchema: ConfigSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => ({ value }),
        jsonSchema: {
          input: () => ({
            type: 'object',
            properties: {
              one: { type: 'object', properties: { key: { type: 'string', visibility: 'secret' } } },
            },
          }),
        },
      },
    };
    const log = (message: string) => void events.push(message);
    const logger: RedactingLogger = {
      error: log,
      warn: log,
      info: log,
      debug: log,
      child: () => logger,
      addRedactions: (values) => void events.push([...values]),
    };
    const failing = createBackendPlugin({
      pluginId: 'one',
      configSchema: secretSchema,
      register: ({ registerInit }) =>
        registerInit({
          deps: {},
          init() {
            throw new Error(`cannot connect to postgres://me:${secret}@db`);
          },
        }),
    });
    const eager = createServiceRef<string>({ id: 'test.eager', scope: 'root' });
    const { message } = await failedStart(
      backendOf([
        configFactory({ one: { key: secret } }),
        createServiceFactory({
          service: eager,
          deps: { rootLogger: coreServices.rootLogger },
          factory: ({ rootLogger }) => {
            rootLogger.info('first line');
            return '';
          },
        }),
        createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => logger }),
        failing,
      ]),
    );
    expect(message).toContain("plugin 'one' failed: cannot connect to postgres://me:[redacted]@db");
    expect(message).not.toContain(secret);
    expect(events).toEqual([[secret], 'first line']);
  });

  it('may hang, and is then named', async () => {
    const config = createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => never<(typeof coreServices.rootConfig)['T']>(),
    });
    const { message } = await failedStart(backendOf([config], { startupTimeoutMilliseconds: 10 }));
    expect(message).toContain("service 'core.rootConfig' did not finish within 10 ms");
  });
});
