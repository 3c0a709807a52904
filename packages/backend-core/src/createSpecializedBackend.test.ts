import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendFeatureLoader,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceFactory,
  createServiceRef,
  type BackendFeature,
} from '@vestibule/backend-plugin-api';
import {
  backendOf,
  configFactory,
  emptyModule,
  emptyPlugin,
  failedStart,
  withoutPlaces,
} from './testing/backends.ts';

const numberRef = createServiceRef<number>({ id: 'test.number', scope: 'root' });
const numberIs = (value: number) =>
  createServiceFactory({ service: numberRef, deps: {}, factory: () => value });

/** A plugin that keeps the values of its deps. */
function reader(pluginId: string, seen: unknown[]) {
  return createBackendPlugin({
    pluginId,
    register: ({ registerInit }) =>
      registerInit({ deps: { value: numberRef }, init: ({ value }) => void seen.push(value) }),
  });
}

describe('what may be added', () => {
  it('accepts a feature, a promise of one, and modules whose default export is one, wrapped once or twice', async () => {
    const order: string[] = [];
    const plugin = (id: string) => emptyPlugin(id, () => void order.push(id));
    await using backend = backendOf([
      plugin('plain'),
      Promise.resolve(plugin('promised')),
      Promise.resolve({ default: plugin('imported') }),
      Promise.resolve({ default: { default: plugin('imported-cjs') } }),
      { default: plugin('required') },
    ]);
    await backend.start();
    expect(order).toEqual(['plain', 'promised', 'imported', 'imported-cjs', 'required']);
  });

  it("accepts Backstage's own feature objects, old and new, whose references have no token", async () => {
    const seen: unknown[] = [];
    const rootRef = {
      id: 'their.root',
      scope: 'root',
      multiton: false,
      $$type: '@backstage/ServiceRef',
      async __defaultFactory() {
        return () => ({
          $$type: '@backstage/BackendFeature',
          version: 'v1',
          service: rootRef,
          deps: {},
          factory: async () => 'root value',
        });
      },
    };
    const oldPoint = { id: 'theirs.old', $$type: '@backstage/ExtensionPoint' };
    const newPoint = { id: 'theirs.new', $$type: '@backstage/ExtensionPoint' };
    const feature = (...registrations: object[]) =>
      ({
        $$type: '@backstage/BackendFeature',
        version: 'v1',
        getRegistrations: () => registrations,
      }) as unknown as BackendFeature;
    await using backend = backendOf([
      feature({
        type: 'plugin-v1.1',
        pluginId: 'theirs',
        connections: [{ anything: true }],
        extensionPoints: [{ extensionPoint: newPoint, factory: () => 'new point' }],
        init: { deps: { root: rootRef }, func: async (deps: unknown) => void seen.push(deps) },
      }),
      feature({
        type: 'module',
        pluginId: 'theirs',
        moduleId: 'old',
        extensionPoints: [[oldPoint, 'old point']],
        init: { deps: {}, func: async () => {} },
      }),
      feature({
        type: 'module-v1.1',
        pluginId: 'theirs',
        moduleId: 'new',
        extensionPoints: [],
        init: {
          deps: { oldPoint, newPoint, root: rootRef },
          func: async (deps: unknown) => void seen.push(deps),
        },
      }),
    ]);
    await backend.start();
    expect(seen).toEqual([
      { oldPoint: 'old point', newPoint: 'new point', root: 'root value' },
      { root: 'root value' },
    ]);
  });

  it('refuses everything that is no feature, all at once, and says what came instead', async () => {
    const wrong: unknown[] = [
      { hello: 1 },
      Promise.resolve({ default: 'text' }),
      Promise.reject(new Error('Cannot find package')),
      { $$type: '@backstage/BackendFeature', version: 'v2' },
      { $$type: '@backstage/BackendFeature', version: 'v1', featureType: 'other' },
      { $$type: '@backstage/BackendFeature', version: 'v3', pluginId: 'auth', moduleId: 'gitlab-provider' },
      { $$type: '@backstage/BackendFeature', version: 'v1', featureType: 'service', service: { id: 'acme' } },
      Promise.resolve({ default: { default: { $$type: '@backstage/BackendFeatureV2' } } }),
      { $$type: '@backstage/FrontendPlugin', version: 'v1' },
    ];
    const { problems, message } = await failedStart(backendOf(wrong as BackendFeature[]));
    expect(problems.map(({ code }) => code)).toEqual(
      wrong.map((_, index) => (index === 2 ? 'ERR_FEATURE_LOAD_FAILED' : 'ERR_FEATURE_INVALID')),
    );
    expect(message).toContain(
      'Could not start: 9 problems\n  feature 1 is not a backend feature: received an object with the keys hello',
    );
    expect(message).toContain('feature 3 failed: Cannot find package');
    expect(problems.slice(3).map(({ message: text }) => text)).toEqual(
      [
        "received a feature of the unknown version 'v2'; this backend knows 'v1'",
        "received a feature of the unknown type 'other'; this backend knows 'registrations', 'service' and 'loader'",
        "received module 'gitlab-provider' of plugin 'auth' of the unknown version 'v3'; this backend knows 'v1'",
        "received the factory of service 'acme', which is a service factory without a service reference, deps that are references, or a factory function",
        "received something of the type '@backstage/BackendFeatureV2'; this backend knows '@backstage/BackendFeature'",
        "received something of the type '@backstage/FrontendPlugin'; this backend knows '@backstage/BackendFeature'",
      ].map((found, index) => `feature ${index + 4} is not a backend feature: ${found}`),
    );
    expect(problems[5]?.hint).toContain('install a version of its package that this one knows');
    expect(problems[7]?.hint).toContain('another generation of backends');
  });

  it('blames an unknown registration type on the plugin it names', async () => {
    const feature = {
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      getRegistrations: () => [{ type: 'widget', pluginId: 'strange' }],
    };
    const { problems, result } = await failedStart(backendOf([feature as unknown as BackendFeature]));
    expect(problems.map(({ message }) => message)).toEqual([
      "plugin 'strange' has a registration of the unknown type 'widget'; this backend knows 'plugin', 'plugin-v1.1', 'module', 'module-v1.1'",
    ]);
    expect(result.plugins[0]).toMatchObject({ pluginId: 'strange', failure: { allowed: false } });
  });

  it('names the plugin or module whose register() throws, and counts its modules as stopped, not as orphans', async () => {
    const broken = createBackendPlugin({
      pluginId: 'broken',
      register() {
        throw new Error('boom');
      },
    });
    const twice = createBackendModule({
      pluginId: 'whole',
      moduleId: 'twice',
      register({ registerInit }) {
        registerInit({ deps: {}, init: () => {} });
        registerInit({ deps: {}, init: () => {} });
      },
    });
    const { message, problems } = await failedStart(
      backendOf([broken, emptyModule('broken', 'innocent'), emptyPlugin('whole'), twice]),
    );
    expect(withoutPlaces(message)).toBe(
      [
        'Could not start: 2 problems',
        "  plugin 'broken': register() threw: boom",
        "    stopped: module 'innocent' of plugin 'broken'",
        "  module 'twice' of plugin 'whole' registers its init twice",
      ].join('\n'),
    );
    expect(problems.map(({ code }) => code)).toEqual([
      'ERR_FEATURE_REGISTER_FAILED',
      'ERR_FEATURE_INIT_TWICE',
    ]);
  });

  it('names the dep that is undefined, as where two files import each other', async () => {
    const plugin = createBackendPlugin({
      pluginId: 'circular',
      register: ({ registerInit }) => registerInit({ deps: { later: undefined as never }, init: () => {} }),
    });
    const factory = { ...numberIs(1), deps: { later: undefined as never } };
    const { message } = await failedStart(backendOf([plugin, factory]));
    expect(message).toContain(
      "plugin 'circular': 'later' in its deps is no reference and no class, but undefined [",
    );
    expect(message).toContain(
      "feature 2 is not a backend feature: received the factory of service 'test.number', whose 'later' in its deps is no reference, but undefined\n",
    );
    expect(message.match(/Where two files import each other/g)).toHaveLength(2);
  });

  it('refuses to add or start again once started, and to start once stopped', async () => {
    const backend = backendOf([emptyPlugin('a')]);
    await backend.start();
    const code = { code: 'ERR_BACKEND_ALREADY_STARTED' };
    expect(() => backend.add(emptyPlugin('b'))).toThrow(expect.objectContaining(code));
    await expect(backend.start()).rejects.toMatchObject(code);
    await backend.stop();
    await expect(backend.start()).rejects.toMatchObject(code);
  });
});

describe('which factory provides a service', () => {
  it('prefers what was added to the defaults, and the last of the defaults', async () => {
    const seen: unknown[] = [];
    await using defaults = backendOf([reader('a', seen)], {
      defaultServiceFactories: [numberIs(1), numberIs(2)],
    });
    await using added = backendOf([reader('a', seen), numberIs(3)], {
      defaultServiceFactories: [numberIs(1)],
    });
    await defaults.start();
    await added.start();
    expect(seen).toEqual([2, 3]);
  });

  it('refuses two added factories for one service', async () => {
    const { problems } = await failedStart(backendOf([numberIs(1), numberIs(2)]));
    expect(problems).toMatchObject([
      { code: 'ERR_SERVICE_DUPLICATE', message: "two factories were added for service 'test.number'" },
    ]);
  });

  it('does not let anyone replace a service of the boot', async () => {
    const own = createServiceFactory({
      service: coreServices.pluginMetadata,
      deps: {},
      factory: () => ({ getId: () => 'forged' }),
    });
    const { problems } = await failedStart(backendOf([own]));
    expect(problems.map(({ code }) => code)).toEqual(['ERR_SERVICE_NOT_REPLACEABLE']);
  });

  it('asks the default factory of a reference once, and not at all where a factory is registered', async () => {
    let asked = 0;
    const ref = createServiceRef<string>({
      id: 'test.default',
      defaultFactory: async (service) => {
        asked += 1;
        return createServiceFactory({ service, deps: {}, factory: () => 'by default' });
      },
    });
    const seen: string[] = [];
    const plugin = (pluginId: string) =>
      createBackendPlugin({
        pluginId,
        register: ({ registerInit }) =>
          registerInit({ deps: { ref }, init: (deps) => void seen.push(deps.ref) }),
      });
    await using one = backendOf([plugin('a'), plugin('b')]);
    await one.start();
    expect([asked, seen]).toEqual([1, ['by default', 'by default']]);

    await using other = backendOf([
      plugin('c'),
      createServiceFactory({ service: ref, deps: {}, factory: () => 'registered' }),
    ]);
    await other.start();
    expect([asked, seen[2]]).toEqual([1, 'registered']);
  });

  it('keeps two default factories under one id apart, as two copies of a package bring them', async () => {
    const copy = (text: string) =>
      createServiceRef<string>({
        id: 'test.copied',
        defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => text }),
      });
    const [first, second] = [copy('first'), copy('second')];
    let seen: unknown;
    await using backend = backendOf([
      createBackendPlugin({
        pluginId: 'a',
        register: ({ registerInit }) =>
          registerInit({ deps: { first, second }, init: (deps) => void (seen = deps) }),
      }),
    ]);
    await backend.start();
    expect(seen).toEqual({ first: 'first', second: 'second' });
  });

  it('lets two references with one id reach one registered service', async () => {
    const copies = [0, 1].map(() => createServiceRef<object>({ id: 'test.same', scope: 'root' }));
    const [one, two] = copies as [(typeof copies)[0], (typeof copies)[0]];
    let same: boolean | undefined;
    await using backend = backendOf([
      createServiceFactory({ service: one, deps: {}, factory: () => ({}) }),
      createBackendPlugin({
        pluginId: 'a',
        register: ({ registerInit }) =>
          registerInit({ deps: { one, two }, init: (deps) => void (same = deps.one === deps.two) }),
      }),
    ]);
    await backend.start();
    expect(same).toBe(true);
  });

  it('hands a multiton over as a list of all factories: defaults, added, loaded, each in order', async () => {
    const listRef = createServiceRef<string>({ id: 'test.list', multiton: true });
    const emptyRef = createServiceRef<string>({ id: 'test.empty', multiton: true });
    const item = (text: string) => createServiceFactory({ service: listRef, deps: {}, factory: () => text });
    const seen: unknown[] = [];
    await using backend = backendOf(
      [
        item('added 1'),
        createBackendFeatureLoader({ loader: () => [item('loaded')] }),
        item('added 2'),
        createBackendPlugin({
          pluginId: 'a',
          register: ({ registerInit }) =>
            registerInit({
              deps: { list: listRef, none: emptyRef },
              init: ({ list, none }) => void seen.push(list, none),
            }),
        }),
      ],
      { defaultServiceFactories: [item('default 1'), item('default 2')] },
    );
    await backend.start();
    expect(seen).toEqual([['default 1', 'default 2', 'added 1', 'added 2', 'loaded'], []]);
  });
});

describe('instances', () => {
  it('makes a plugin service once for each plugin and its root context once, however many ask at a time', async () => {
    const calls: string[] = [];
    const ref = createServiceRef<object>({ id: 'test.plugin' });
    const factory = createServiceFactory({
      service: ref,
      deps: { metadata: coreServices.pluginMetadata, number: numberRef },
      createRootContext: ({ number }) => void calls.push(`context ${number}`),
      factory: ({ metadata }) => {
        calls.push(metadata.getId());
        return { for: metadata.getId() };
      },
    });
    const got = new Map<string, object[]>();
    const plugin = (pluginId: string) =>
      createBackendPlugin({
        pluginId,
        register: ({ registerInit }) =>
          registerInit({
            deps: { ref },
            init: (deps) => void got.set(pluginId, [...(got.get(pluginId) ?? []), deps.ref]),
          }),
      });
    const module = (pluginId: string) =>
      createBackendModule({
        pluginId,
        moduleId: 'm',
        register: ({ registerInit }) =>
          registerInit({
            deps: { ref },
            init: (deps) => void got.set(pluginId, [...(got.get(pluginId) ?? []), deps.ref]),
          }),
      });
    await using backend = backendOf([
      plugin('a'),
      plugin('b'),
      module('a'),
      module('b'),
      factory,
      numberIs(7),
    ]);
    await backend.start();
    expect(calls.toSorted()).toEqual(['a', 'b', 'context 7']);
    expect(got.get('a')).toEqual([{ for: 'a' }, { for: 'a' }]);
    expect(got.get('a')?.[0]).toBe(got.get('a')?.[1]);
    expect(got.get('b')?.[0]).not.toBe(got.get('a')?.[0]);
  });

  it('shares nothing between two backends in one process', async () => {
    const rootRef = createServiceRef<object>({ id: 'test.root', scope: 'root' });
    const factory = createServiceFactory({ service: rootRef, deps: {}, factory: () => ({}) });
    const seen: object[] = [];
    const plugin = createBackendPlugin({
      pluginId: 'a',
      register: ({ registerInit }) =>
        registerInit({ deps: { rootRef }, init: (deps) => void seen.push(deps.rootRef) }),
    });
    await using one = backendOf([plugin, factory]);
    await using other = backendOf([plugin, factory]);
    await Promise.all([one.start(), other.start()]);
    expect(seen).toHaveLength(2);
    expect(seen[0]).not.toBe(seen[1]);
  });

  it('makes root services at start-up unless they are lazy, and plugin services only when told or needed', async () => {
    const made: string[] = [];
    const factory = (id: string, scope: 'root' | 'plugin', initialization?: 'always' | 'lazy') =>
      scope === 'root'
        ? createServiceFactory({
            service: createServiceRef<string>({ id, scope: 'root' }),
            ...(initialization && { initialization }),
            deps: {},
            factory: () => String(made.push(id)),
          })
        : createServiceFactory({
            service: createServiceRef<string>({ id }),
            ...(initialization && { initialization }),
            deps: {},
            factory: () => String(made.push(id)),
          });
    await using backend = backendOf([
      emptyPlugin('p'),
      factory('root.default', 'root'),
      factory('root.always', 'root', 'always'),
      factory('root.lazy', 'root', 'lazy'),
      factory('plugin.default', 'plugin'),
      factory('plugin.always', 'plugin', 'always'),
      factory('plugin.lazy', 'plugin', 'lazy'),
    ]);
    await backend.start();
    expect(made).toEqual(['root.default', 'root.always', 'plugin.always']);
  });

  it('makes independent root services side by side and dependent ones in order', async () => {
    const events: string[] = [];
    const first = createServiceRef<string>({ id: 'test.first', scope: 'root' });
    const beside = createServiceRef<string>({ id: 'test.beside', scope: 'root' });
    const second = createServiceRef<string>({ id: 'test.second', scope: 'root' });
    let release: (() => void) | undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await using backend = backendOf([
      createServiceFactory({
        service: second,
        deps: { first },
        factory: () => String(events.push('second')),
      }),
      createServiceFactory({
        service: first,
        deps: {},
        async factory() {
          await released; // by the service that only a parallel start reaches
          events.push('first');
          return '';
        },
      }),
      createServiceFactory({
        service: beside,
        deps: {},
        factory() {
          events.push('beside');
          release?.();
          return '';
        },
      }),
    ]);
    await backend.start();
    expect(events).toEqual(['beside', 'first', 'second']);
  });
});

describe('feature loaders', () => {
  it('bring services, plugins, modules and further loaders, chosen with root services, yielded one by one or at once', async () => {
    const order: string[] = [];
    const seen: unknown[] = [];
    await using backend = backendOf([
      createBackendFeatureLoader({
        deps: { number: numberRef },
        async *loader({ number }) {
          yield emptyPlugin(`p${number}`, () => void order.push(`p${number}`));
          yield Promise.resolve({ default: emptyModule(`p${number}`, 'm', () => void order.push('m')) });
          yield createBackendFeatureLoader({ loader: async () => [reader('nested', seen)] });
        },
      }),
      numberIs(5),
    ]);
    await backend.start();
    expect(order).toEqual(['m', 'p5']);
    expect(seen).toEqual([5]);
  });

  it('are overruled by what was added, and may then bring the same service twice', async () => {
    const seen: unknown[] = [];
    const loader = (value: number) => createBackendFeatureLoader({ loader: () => [numberIs(value)] });
    await using backend = backendOf([loader(1), numberIs(9), loader(2), reader('a', seen)]);
    await backend.start();
    expect(seen).toEqual([9]);
  });

  it('are overruled by a plugin that was added, and both named when they bring the same one', async () => {
    const ran: string[] = [];
    const loader = () =>
      createBackendFeatureLoader({ loader: () => [emptyPlugin('a', () => void ran.push('loaded'))] });
    await using backend = backendOf([loader(), emptyPlugin('a', () => void ran.push('added')), loader()]);
    await backend.start();
    expect(ran).toEqual(['added']);
    const { problems } = await failedStart(backendOf([loader(), loader()]));
    expect(problems.map(({ code }) => code)).toEqual(['ERR_PLUGIN_DUPLICATE']);
  });

  it('are both named when they bring the same service', async () => {
    const loader = (value: number) => createBackendFeatureLoader({ loader: () => [numberIs(value)] });
    const { problems } = await failedStart(backendOf([loader(1), loader(2)]));
    expect(problems.map(({ code }) => code)).toEqual(['ERR_SERVICE_DUPLICATE']);
    expect(problems[0]?.message).toMatch(
      /^two factories were added for service 'test.number': by feature loader created at .*createSpecializedBackend\.test\.ts:\d+:\d+ and by feature loader created at /,
    );
  });

  it('cannot replace a service that another loader already uses', async () => {
    const { problems } = await failedStart(
      backendOf(
        [
          createBackendFeatureLoader({ deps: { number: numberRef }, loader: () => [] }),
          createBackendFeatureLoader({ loader: () => [numberIs(2)] }),
        ],
        { defaultServiceFactories: [numberIs(1)] },
      ),
    );
    expect(problems.map(({ code }) => code)).toEqual(['ERR_SERVICE_ALREADY_MADE']);
  });

  it('are refused with their place when they depend on a plugin service, and reported when they throw', async () => {
    const wanting = createBackendFeatureLoader({
      deps: { logger: coreServices.lifecycle } as never,
      loader: () => [],
    });
    const throwing = createBackendFeatureLoader({
      loader() {
        throw new Error('no such flag');
      },
    });
    // As Backstage makes them: without a place, and with a promise.
    const rejecting = {
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'loader',
      deps: {},
      loader: async () => Promise.reject(new Error('no such package')),
    } as unknown as BackendFeature;
    const { problems } = await failedStart(backendOf([wanting, throwing, rejecting, emptyPlugin('good')]));
    expect(problems.map(({ code }) => code)).toEqual([
      'ERR_SERVICE_SCOPE',
      'ERR_FEATURE_LOADER_FAILED',
      'ERR_FEATURE_LOADER_FAILED',
    ]);
    expect(problems[2]?.message).toBe('feature loader added as feature 3 failed: no such package');
    expect(problems[0]?.message).toMatch(
      /^feature loader created at .*:\d+:\d+ depends on service 'core.lifecycle', which exists once for each plugin$/,
    );
    expect(problems[1]?.message).toMatch(/failed: no such flag$/);
  });
});

describe('modules', () => {
  const pointRef = createExtensionPoint<{ add(name: string): void }>({ id: 'hello.names' });

  it('run before their plugin, with an extension point that the plugin reads afterwards', async () => {
    const names: string[] = [];
    let greeted = '';
    const plugin = createBackendPlugin({
      pluginId: 'hello',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint(pointRef, { add: (name) => void names.push(name) });
        registerInit({ deps: {}, init: () => void (greeted = names.toSorted().join(' and ')) });
      },
    });
    const module = (name: string) =>
      createBackendModule({
        pluginId: 'hello',
        moduleId: name,
        register: ({ registerInit }) =>
          registerInit({
            deps: { point: pointRef },
            async init({ point }) {
              await new Promise((resolve) => setImmediate(resolve));
              point.add(name);
            },
          }),
      });
    await using backend = backendOf([module('ann'), plugin, module('bob')]);
    await backend.start();
    expect(greeted).toBe('ann and bob');
  });

  it('that offer an extension point run after the modules that use it, the slow ones included', async () => {
    const names: string[] = [];
    let atOffer: string[] = [];
    const offering = createBackendModule({
      pluginId: 'hello',
      moduleId: 'offering',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint(pointRef, { add: (name) => void names.push(name) });
        registerInit({ deps: {}, init: () => void (atOffer = [...names]) });
      },
    });
    const using = (moduleId: string, turns: number) =>
      createBackendModule({
        pluginId: 'hello',
        moduleId,
        register: ({ registerInit }) =>
          registerInit({
            deps: { point: pointRef },
            async init({ point }) {
              for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
              point.add(moduleId);
            },
          }),
      });
    await using backend = backendOf([offering, using('slow', 5), using('fast', 1), emptyPlugin('hello')]);
    await backend.start();
    expect(atOffer).toEqual(['fast', 'slow']);
  });

  it('each get an implementation of their own from a factory of the extension point', async () => {
    const made: object[] = [];
    const got: object[] = [];
    const plugin = createBackendPlugin({
      pluginId: 'hello',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint({
          extensionPoint: pointRef,
          factory() {
            const implementation = { add: () => {} };
            made.push(implementation);
            return implementation;
          },
        });
        registerInit({ deps: {}, init: () => {} });
      },
    });
    const module = (moduleId: string) =>
      createBackendModule({
        pluginId: 'hello',
        moduleId,
        register: ({ registerInit }) =>
          registerInit({ deps: { point: pointRef }, init: ({ point }) => void got.push(point) }),
      });
    await using backend = backendOf([plugin, module('a'), module('b')]);
    await backend.start();
    expect(got).toHaveLength(2);
    expect(got[0]).toBe(made[0]);
    expect(got[0]).not.toBe(got[1]);
  });
});

describe('core.rootInstanceMetadata', () => {
  it('has an id of its own for each backend, the same for everybody in it', async () => {
    const ids: string[] = [];
    const asking = (pluginId: string) =>
      createBackendPlugin({
        pluginId,
        register: ({ registerInit }) =>
          registerInit({
            deps: { metadata: coreServices.rootInstanceMetadata },
            init: async ({ metadata }) => void ids.push(metadata.instanceId),
          }),
      });
    await using first = backendOf([asking('one'), asking('two'), configFactory({})]);
    await first.start();
    await using second = backendOf([asking('three'), configFactory({})]);
    await second.start();
    expect(ids[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('lists plugins with their modules in a list that nobody can change, without parts that were left out', async () => {
    let list: readonly { pluginId: string; modules: readonly { moduleId: string }[] }[] = [];
    const asking = createBackendPlugin({
      pluginId: 'asking',
      register: ({ registerInit }) =>
        registerInit({
          deps: { metadata: coreServices.rootInstanceMetadata },
          init: async ({ metadata }) => void (list = await metadata.getInstalledPlugins()),
        }),
    });
    await using backend = backendOf([
      asking,
      emptyPlugin('other'),
      emptyModule('other', 'm'),
      emptyModule('absent', 'orphan'),
      configFactory({ backend: { startup: { default: { onPluginModuleBootFailure: 'continue' } } } }),
    ]);
    await backend.start();
    expect(list).toEqual([
      { pluginId: 'asking', modules: [] },
      { pluginId: 'other', modules: [{ moduleId: 'm' }] },
    ]);
    expect(() => (list as unknown[]).push('x')).toThrow(TypeError);
    expect(() => (list[1]?.modules as unknown[]).push('x')).toThrow(TypeError);
  });
});
