import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceFactory,
  createServiceRef,
  type ServiceFactory,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import { backendOf, emptyModule, emptyPlugin, failedStart } from '../testing/backends.ts';

/** A plugin with these services as deps; its init must never run. */
function needing(pluginId: string, ...refs: ServiceRef<unknown>[]) {
  return createBackendPlugin({
    pluginId,
    register: ({ registerInit }) =>
      registerInit({
        deps: Object.fromEntries(refs.map((ref) => [ref.id, ref])),
        init() {
          throw new Error('ran in spite of the graph');
        },
      }),
  });
}

function service(id: string, ...deps: ServiceRef<unknown>[]) {
  const ref: ServiceRef<unknown> = createServiceRef<string>({ id });
  return { ref, factory: factoryOf(ref, ...deps) };
}

function factoryOf(ref: ServiceRef<unknown>, ...deps: ServiceRef<unknown>[]): ServiceFactory {
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'service',
    service: ref,
    deps: Object.fromEntries(deps.map((dep) => [dep.id, dep])),
    async factory() {
      throw new Error('ran in spite of the graph');
    },
  };
}

describe('missing services', () => {
  it('are each reported once, with every way to them and the nearest name', async () => {
    const missing = createServiceRef<string>({ id: 'catalog-client' });
    const near = service('catalog.clients');
    const resolver = service('signInResolver', missing);
    const { message, code, problems } = await failedStart(
      backendOf([needing('auth', resolver.ref), needing('search', missing), resolver.factory, near.factory]),
    );
    expect(message).toBe(
      [
        'Could not start: 1 problem',
        "  service 'catalog-client' is not registered",
        '    needed by: plugin auth -> signInResolver -> catalog-client',
        '    needed by: plugin search -> catalog-client',
        "    Did you mean 'catalog.clients'?",
      ].join('\n'),
    );
    expect(code).toBe('ERR_BACKEND_STARTUP');
    expect(problems.map((problem) => problem.code)).toEqual(['ERR_SERVICE_MISSING']);
  });

  it('are found in modules, in eager services, and in factories that were added though nobody uses them', async () => {
    const [a, b, c] = ['missing.a', 'missing.b', 'missing.c'].map((id) => createServiceRef<string>({ id }));
    const rootRef = createServiceRef<string>({ id: 'eager.root', scope: 'root' });
    const rootMissing = createServiceRef<string>({ id: 'missing.root', scope: 'root' });
    const unused = service('unused.service', c as ServiceRef<unknown>);
    const module = createBackendModule({
      pluginId: 'p',
      moduleId: 'm',
      register: ({ registerInit }) => registerInit({ deps: { a: a as ServiceRef<unknown> }, init: () => {} }),
    });
    const { problems } = await failedStart(
      backendOf([
        emptyPlugin('p'),
        module,
        { ...service('eager.plugin', b as ServiceRef<unknown>).factory, initialization: 'always' },
        factoryOf(rootRef, rootMissing),
        unused.factory,
      ]),
    );
    expect(problems.flatMap(({ paths }) => paths).toSorted()).toEqual([
      'module m of p -> missing.a',
      'service eager.plugin -> missing.b',
      'service eager.root -> missing.root',
      'service unused.service -> missing.c',
    ]);
  });

  it('do not matter in a default that nobody uses', async () => {
    const unused = service('unused.default', createServiceRef<string>({ id: 'missing' }));
    await using backend = backendOf([emptyPlugin('p')], { defaultServiceFactories: [unused.factory] });
    await expect(backend.start()).resolves.toMatchObject({ result: { outcome: 'success' } });
  });
});

describe('circles of services', () => {
  it('are reported before anything runs, each once, with their path', async () => {
    const refs = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'self'].map((id): [string, ServiceRef<unknown>] => [
        id,
        createServiceRef<string>({ id }),
      ]),
    ) as Record<'a' | 'b' | 'c' | 'd' | 'self', ServiceRef<unknown>>;
    const { problems } = await failedStart(
      backendOf([
        needing('p', refs.a),
        factoryOf(refs.a, refs.b),
        factoryOf(refs.b, refs.a, refs.c),
        factoryOf(refs.c, refs.d),
        factoryOf(refs.d, refs.c),
        factoryOf(refs.self, refs.self),
      ]),
    );
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_SERVICE_CYCLE', "services depend on one another in a circle: 'a' -> 'b' -> 'a'"],
      ['ERR_SERVICE_CYCLE', "services depend on one another in a circle: 'c' -> 'd' -> 'c'"],
      ['ERR_SERVICE_CYCLE', "services depend on one another in a circle: 'self' -> 'self'"],
    ]);
    expect(problems[1]?.paths).toEqual(['plugin p -> a -> b -> c']);
  });

  it('are found through default factories, which are asked and not run', async () => {
    const one: ServiceRef<unknown> = createServiceRef<string>({
      id: 'default.one',
      defaultFactory: async (ref) => factoryOf(ref, two),
    });
    const two: ServiceRef<unknown> = createServiceRef<string>({
      id: 'default.two',
      defaultFactory: async (ref) => factoryOf(ref, one),
    });
    const { message } = await failedStart(backendOf([needing('p', one)]));
    expect(message).toContain(
      "services depend on one another in a circle: 'default.one' -> 'default.two' -> 'default.one'",
    );
    expect(message).toContain('needed by: plugin p -> default.one');
  });

  it('are found through multitons', async () => {
    const list = createServiceRef<string>({ id: 'the.list', multiton: true });
    const user = service('the.user', list);
    const { problems } = await failedStart(
      backendOf([needing('p', user.ref), user.factory, factoryOf(list), factoryOf(list, user.ref)]),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      "services depend on one another in a circle: 'the.user' -> 'the.list' -> 'the.user'",
    ]);
  });
});

describe('scopes', () => {
  it('do not let a root service depend on a plugin service', async () => {
    const rootRef: ServiceRef<unknown> = createServiceRef<string>({ id: 'the.root', scope: 'root' });
    const { problems } = await failedStart(backendOf([factoryOf(rootRef, coreServices.lifecycle)]));
    expect(problems).toMatchObject([
      {
        code: 'ERR_SERVICE_SCOPE',
        message:
          "root service 'the.root' depends on service 'core.lifecycle', which exists once for each plugin",
        paths: ['service the.root -> core.lifecycle'],
      },
    ]);
  });
});

describe('default factories', () => {
  it('that fail, or give something else, are reported as the cause', async () => {
    const throwing = createServiceRef<string>({
      id: 'default.throwing',
      defaultFactory: async () => Promise.reject(new Error('no network')),
    });
    const wrong = createServiceRef<string>({
      id: 'default.wrong',
      defaultFactory: async () => ({}) as ServiceFactory,
    });
    const { problems } = await failedStart(backendOf([needing('p', throwing, wrong)]));
    expect(problems.map(({ code, message, paths }) => [code, message, paths])).toEqual([
      [
        'ERR_SERVICE_DEFAULT_FAILED',
        "the default factory of service 'default.throwing' failed: no network",
        ['plugin p -> default.throwing'],
      ],
      [
        'ERR_SERVICE_DEFAULT_FAILED',
        "the default factory of service 'default.wrong' gave no service factory",
        ['plugin p -> default.wrong'],
      ],
    ]);
  });
});

describe('plugins and modules', () => {
  const point = createExtensionPoint<object>({ id: 'one.point' });
  const offering = (pluginId: string, moduleId?: string) => {
    const register: Parameters<typeof createBackendPlugin>[0]['register'] = ({
      registerExtensionPoint,
      registerInit,
    }) => {
      registerExtensionPoint(point, {});
      registerInit({ deps: {}, init: () => {} });
    };
    return moduleId === undefined
      ? createBackendPlugin({ pluginId, register })
      : createBackendModule({ pluginId, moduleId, register });
  };
  const using = (pluginId: string, moduleId: string, used = point) =>
    createBackendModule({
      pluginId,
      moduleId,
      register: ({ registerInit }) => registerInit({ deps: { used }, init: () => {} }),
    });

  it('may not use an extension point of another plugin, nor one that nobody offers', async () => {
    const missing = createExtensionPoint<object>({ id: 'one.piont' });
    const { problems } = await failedStart(
      backendOf([
        offering('one'),
        emptyPlugin('two'),
        using('two', 'foreign'),
        using('one', 'lost', missing),
      ]),
    );
    expect(problems.map(({ code, message, paths, hint }) => ({ code, message, paths, hint }))).toEqual([
      {
        code: 'ERR_EXTENSION_POINT_MISSING',
        message: "extension point 'one.piont' is offered by no plugin",
        paths: ['module lost of one -> one.piont'],
        hint: "Did you mean 'one.point'?",
      },
      {
        code: 'ERR_EXTENSION_POINT_FOREIGN',
        message:
          "extension point 'one.point' belongs to plugin 'one', which module 'foreign' of plugin 'two' does not extend",
        paths: ['module foreign of two -> one.point'],
        hint: "Make the module with pluginId: 'one'.",
      },
    ]);
  });

  it("may not have an extension point among the deps of a plugin's init or of a service", async () => {
    const plugin = createBackendPlugin({
      pluginId: 'one',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint(point, {});
        registerInit({ deps: { point }, init: () => {} });
      },
    });
    const ref: ServiceRef<unknown> = createServiceRef<string>({ id: 'the.service' });
    const { problems } = await failedStart(
      backendOf([plugin, factoryOf(ref, point as unknown as ServiceRef<unknown>)]),
    );
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      [
        'ERR_EXTENSION_POINT_IN_PLUGIN',
        "the init of plugin 'one' depends on the extension point 'one.point'; only modules may",
      ],
      [
        'ERR_EXTENSION_POINT_IN_PLUGIN',
        "service 'the.service' depends on the extension point 'one.point'; only modules may",
      ],
    ]);
  });

  it('are refused as duplicates by id, and an extension point offered twice is blamed on the second', async () => {
    const { problems, result } = await failedStart(
      backendOf([
        emptyPlugin('twin'),
        emptyPlugin('twin'),
        emptyPlugin('fine'),
        emptyModule('fine', 'same'),
        emptyModule('fine', 'same'),
        offering('one'),
        offering('fine', 'copycat'),
      ]),
    );
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_PLUGIN_DUPLICATE', "plugin 'twin' was added twice"],
      ['ERR_MODULE_DUPLICATE', "module 'same' of plugin 'fine' was added twice"],
      [
        'ERR_EXTENSION_POINT_DUPLICATE',
        "module 'copycat' of plugin 'fine' offers the extension point 'one.point', which plugin 'one' offers already",
      ],
    ]);
    expect(result.plugins).toMatchObject([
      { pluginId: 'twin', failure: { allowed: false } },
      {
        pluginId: 'fine',
        modules: [
          { moduleId: 'same', failure: { allowed: false } },
          { moduleId: 'copycat', failure: { allowed: false } },
        ],
      },
      { pluginId: 'one', modules: [] },
    ]);
    expect(result.plugins[1]).not.toHaveProperty('failure');
  });

  it('are orphans without their plugin, and the nearest plugin is suggested', async () => {
    const { message } = await failedStart(
      backendOf([emptyPlugin('auth'), emptyModule('autth', 'google-provider')]),
    );
    expect(message).toBe(
      [
        'Could not start: 1 problem',
        "  module 'google-provider' extends plugin 'autth', which is not installed",
        "    Did you mean 'auth'?",
      ].join('\n'),
    );
  });

  it('may not wait for one another in a circle', async () => {
    const other = createExtensionPoint<object>({ id: 'one.other' });
    const half = (moduleId: string, offered: typeof point, used: typeof point) =>
      createBackendModule({
        pluginId: 'one',
        moduleId,
        register({ registerExtensionPoint, registerInit }) {
          registerExtensionPoint(offered, {});
          registerInit({ deps: { used }, init: () => {} });
        },
      });
    const { problems } = await failedStart(
      backendOf([emptyPlugin('one'), half('mod-a', point, other), half('mod-b', other, point)]),
    );
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_MODULE_CYCLE', "modules of plugin 'one' wait for one another: 'mod-a' -> 'mod-b' -> 'mod-a'"],
    ]);
  });
});

describe('nothing runs', () => {
  it('when the graph has a problem anywhere', async () => {
    const ran: string[] = [];
    const rootRef = createServiceRef<string>({ id: 'the.root', scope: 'root' });
    await failedStart(
      backendOf([
        emptyPlugin('fine', () => void ran.push('plugin')),
        createServiceFactory({ service: rootRef, deps: {}, factory: () => String(ran.push('service')) }),
        emptyModule('absent', 'orphan'),
      ]),
    );
    expect(ran).toEqual([]);
  });
});
