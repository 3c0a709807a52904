import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendFeatureLoader,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceFactory,
  createServiceRef,
  type Config,
  type ConfigSchema,
  type RegistrationsFeature,
  type ServiceFactory,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import {
  backendOf,
  configFactory,
  emptyPlugin,
  failedStart,
  rememberingLogger,
} from '../testing/backends.ts';

/** What nobody can print: its members throw when they are read. */
const unreadable: object = {
  get message(): string {
    throw new Error('not to be read');
  },
};

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

describe('the config service', () => {
  const other = createServiceRef<string>({ id: 'other', scope: 'root' });

  function configThatNeeds(ref: ServiceRef<unknown>): ServiceFactory {
    return {
      ...createServiceFactory({
        service: coreServices.rootConfig,
        deps: {},
        factory: (): Config => {
          throw new Error('ran in spite of the graph');
        },
      }),
      deps: { ref },
    };
  }

  it('in a circle is reported as one, before anything runs', async () => {
    const { message } = await failedStart(
      backendOf([
        configThatNeeds(other),
        createServiceFactory({
          service: other,
          deps: { config: coreServices.rootConfig },
          factory: () => '',
        }),
      ]),
    );
    expect(message).toBe(
      [
        'Could not start: 1 problem',
        "  services depend on one another in a circle: 'other' -> 'core.rootConfig' -> 'other'",
        '    needed by: service core.rootConfig -> other',
        '    needed by: service other -> core.rootConfig',
      ].join('\n'),
    );
  });

  it('that lacks a service is reported once, with the others that lack it', async () => {
    const needing = createBackendPlugin({
      pluginId: 'p',
      register: ({ registerInit }) => registerInit({ deps: { other }, init: () => {} }),
    });
    const { problems } = await failedStart(backendOf([configThatNeeds(other), needing]));
    expect(problems.map(({ code, paths }) => ({ code, paths }))).toEqual([
      { code: 'ERR_SERVICE_MISSING', paths: ['service core.rootConfig -> other', 'plugin p -> other'] },
    ]);
  });

  it('may not depend on a plugin service', async () => {
    const ofPlugin = createServiceRef<string>({ id: 'ofPlugin' });
    const { problems } = await failedStart(
      backendOf([
        configThatNeeds(ofPlugin),
        createServiceFactory({ service: ofPlugin, deps: {}, factory: () => '' }),
      ]),
    );
    expect(problems.map(({ code }) => code)).toEqual(['ERR_SERVICE_SCOPE']);
  });

  it('that cannot be read is reported as that', async () => {
    const broken = createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => ({}) as Config,
    });
    const { problems } = await failedStart(backendOf([broken]));
    expect(problems.map(({ code }) => code)).toEqual(['ERR_CONFIG_INVALID']);
  });
});

it('a circle that a feature loader and the start-up both meet is reported once', async () => {
  const a: ServiceRef<string, 'root'> = createServiceRef<string>({ id: 'a', scope: 'root' });
  const b: ServiceRef<string, 'root'> = createServiceRef<string>({ id: 'b', scope: 'root' });
  const { problems } = await failedStart(
    backendOf([
      createServiceFactory({ service: a, deps: { b }, factory: () => '' }),
      createServiceFactory({ service: b, deps: { a }, factory: () => '' }),
      createBackendFeatureLoader({ deps: { b }, loader: () => [] }),
    ]),
  );
  expect(problems.map(({ code }) => code)).toEqual(['ERR_SERVICE_CYCLE']);
  expect(problems[0]?.paths).toHaveLength(3);
});

describe('something thrown that cannot be read', () => {
  it('by an init, a factory, a register() or a loader is still reported by name', async () => {
    const ref = createServiceRef<string>({ id: 's', scope: 'root' });
    const ran = await failedStart(
      backendOf([
        emptyPlugin('p', throwing(unreadable)),
        createServiceFactory({
          service: ref,
          initialization: 'lazy',
          deps: {},
          factory: throwing(unreadable),
        }),
        createBackendPlugin({
          pluginId: 'q',
          register: ({ registerInit }) => registerInit({ deps: { ref }, init: () => {} }),
        }),
      ]),
    );
    expect(ran.problems.map(({ message }) => message).sort()).toEqual([
      "plugin 'p' failed: something without a message was thrown",
      "service 's' failed: something without a message was thrown",
    ]);

    const looked = await failedStart(
      backendOf([
        createBackendPlugin({ pluginId: 'p', register: throwing(Object.create(null)) }),
        createBackendFeatureLoader({ loader: throwing(unreadable) }),
      ]),
    );
    expect(looked.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^feature loader created at .* failed: something without a message was thrown$/),
      "plugin 'p': register() threw: something without a message",
    ]);
  });

  it('by a hook keeps no other hook from running', async () => {
    const ended: string[] = [];
    const { lines, factory } = rememberingLogger();
    const plugin = createBackendPlugin({
      pluginId: 'p',
      register: ({ registerInit }) =>
        registerInit({
          deps: { rootLifecycle: coreServices.rootLifecycle, lifecycle: coreServices.lifecycle },
          init({ rootLifecycle, lifecycle }) {
            lifecycle.addStartupHook(throwing(unreadable));
            rootLifecycle.addBeforeShutdownHook(throwing(unreadable));
            lifecycle.addShutdownHook(() => void ended.push('plugin'));
            rootLifecycle.addShutdownHook(() => void ended.push('root'));
          },
        }),
    });
    const backend = backendOf([factory, plugin]);
    await backend.start();
    await backend.stop();
    expect(lines).toEqual([
      "startup hook of plugin 'p' failed: something without a message was thrown",
      "before-shutdown hook of plugin 'p' failed: something without a message was thrown",
    ]);
    expect(ended).toEqual(['plugin', 'root']);
  });
});

it('several errors in one, as Node throws for an address that refuses twice, are all told', async () => {
  const refused = Object.assign(new AggregateError([new Error('no on ::1'), new Error('no on 127.0.0.1')]), {
    code: 'ECONNREFUSED',
  });
  const { message } = await failedStart(backendOf([emptyPlugin('p', throwing(refused))]));
  expect(message).toContain("plugin 'p' failed: no on ::1; no on 127.0.0.1 [ECONNREFUSED]");
});

it('a logger that throws stops neither the start nor the end', async () => {
  const fail = throwing(new Error('disk full'));
  const ended: string[] = [];
  const backend = backendOf([
    createServiceFactory({
      service: coreServices.rootLogger,
      deps: {},
      factory: () => ({ error: fail, warn: fail, info: fail, debug: fail, child: fail }),
    }),
    createBackendPlugin({
      pluginId: 'p',
      register: ({ registerInit }) =>
        registerInit({
          deps: { lifecycle: coreServices.lifecycle },
          init({ lifecycle }) {
            lifecycle.addStartupHook(throwing(new Error('to be logged')));
            lifecycle.addShutdownHook(throwing(new Error('to be logged')));
            lifecycle.addShutdownHook(() => void ended.push('plugin'));
          },
        }),
    }),
  ]);
  await backend.start();
  await backend.stop();
  expect(ended).toEqual(['plugin']);
});

it('a feature that cannot even be asked whether it is a promise is refused like any other', async () => {
  const feature = { $$type: '@backstage/BackendFeature' as const };
  Object.defineProperty(feature, 'then', { get: throwing(new Error('not to be read')) });
  const { problems } = await failedStart(backendOf([feature]));
  expect(problems.map(({ code }) => code)).toEqual(['ERR_FEATURE_INVALID']);
});

it('a module that names an extension point by two references gets one implementation', async () => {
  const [point, copy] = [1, 2].map(() => createExtensionPoint<number>({ id: 'p.point' }));
  if (!point || !copy) throw new Error('unreachable');
  const got: unknown[] = [];
  let made = 0;
  await using backend = backendOf([
    createBackendPlugin({
      pluginId: 'p',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint({ extensionPoint: point, factory: () => ++made });
        registerInit({ deps: {}, init: () => {} });
      },
    }),
    createBackendModule({
      pluginId: 'p',
      moduleId: 'm',
      register: ({ registerInit }) =>
        registerInit({ deps: { point, copy }, init: (values) => void got.push(values) }),
    }),
  ]);
  await backend.start();
  expect(got).toEqual([{ point: 1, copy: 1 }]);
});

it('a class whose tokens come from another copy of the contracts is built by that copy, from its references', async () => {
  class Greeter {
    readonly greeting: string;
    constructor(greeting: string) {
      this.greeting = greeting; // Named by `@inject(token)`, and only the other copy knows the token.
    }
  }
  const ref = createServiceRef<string>({ id: 'greeting' });
  const got: unknown[] = [];
  const fromAnotherCopy: RegistrationsFeature = {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    getRegistrations: () => [
      {
        type: 'plugin',
        pluginId: 'p',
        extensionPoints: [],
        init: {
          deps: { 'greeter.0': ref },
          func: async (values) => void got.push(new Greeter(values['greeter.0'] as string).greeting),
          vestibule: { deps: { greeter: Greeter }, func: throwing(new Error('built here')) },
        },
      },
    ],
  };
  await using backend = backendOf([
    createServiceFactory({ service: ref, deps: {}, factory: () => 'hello' }),
    fromAnotherCopy,
  ]);
  await backend.start();
  expect(got).toEqual(['hello']);
});

it('a secret that a failing part quotes stays out of explain() and out of the result', async () => {
  const configSchema: ConfigSchema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => ({ value }),
      jsonSchema: {
        input: () => ({
          type: 'object',
          properties: {
            p: { type: 'object', properties: { key: { type: 'string', visibility: 'secret' } } },
          },
        }),
      },
    },
  };
  const backend = backendOf([
    configFactory({
      p: { key: 'open-sesame' },
      backend: { startup: { default: { onPluginBootFailure: 'continue' } } },
    }),
    createBackendPlugin({
      pluginId: 'p',
      configSchema,
      register: ({ registerInit }) =>
        registerInit({ deps: {}, init: throwing(new Error('open-sesame was refused')) }),
    }),
  ]);
  const { result } = await backend.start();
  await backend.stop();
  expect(result.plugins[0]?.failure?.error.message).toBe("plugin 'p' failed: [redacted] was refused");
  expect(JSON.stringify(backend.explain().json)).not.toContain('open-sesame');
  expect(backend.explain().toString()).not.toContain('open-sesame');
});
