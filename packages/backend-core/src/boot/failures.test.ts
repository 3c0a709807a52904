import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceFactory,
  createServiceRef,
  type ExtensionPointFactoryContext,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import {
  backendOf,
  configFactory,
  emptyModule,
  emptyPlugin,
  failedStart,
  rememberingLogger,
  withoutPlaces,
} from '../testing/backends.ts';

const boom =
  (text = 'boom') =>
  () => {
    throw new Error(text);
  };
const startup = (settings: object) => configFactory({ backend: { startup: settings } });

/** A plugin that depends on a service. */
const needing = (pluginId: string, ref: ServiceRef<string>) =>
  createBackendPlugin({
    pluginId,
    register: ({ registerInit }) => registerInit({ deps: { ref }, init: () => {} }),
  });

describe('a failure while starting', () => {
  it('of several plugins and modules comes in one error that records all of them, and those that did not fail', async () => {
    const { message, problems, result } = await failedStart(
      backendOf([
        emptyPlugin('bad-1', boom('first')),
        emptyPlugin('good'),
        emptyPlugin('bad-2', boom('second')),
        emptyPlugin('with-module'),
        emptyModule('with-module', 'bad', boom('third')),
        emptyModule('with-module', 'good'),
      ]),
    );
    expect(withoutPlaces(message)).toBe(
      [
        'Could not start: 3 problems',
        "  plugin 'bad-1' failed: first",
        "  plugin 'bad-2' failed: second",
        "  module 'bad' of plugin 'with-module' failed: third",
        "    stopped: plugin 'with-module'",
      ].join('\n'),
    );
    expect(problems.map(({ code }) => code)).toEqual([
      'ERR_PLUGIN_FAILED',
      'ERR_PLUGIN_FAILED',
      'ERR_MODULE_FAILED',
    ]);
    expect(problems[0]?.cause).toMatchObject({ message: 'first' });
    expect(result).toMatchObject({ outcome: 'failure' });
    expect(result.plugins.map(({ pluginId, failure }) => [pluginId, failure?.allowed])).toEqual([
      ['bad-1', false],
      ['good', undefined],
      ['bad-2', false],
      ['with-module', undefined],
    ]);
    expect(
      result.plugins[3]?.modules.map(({ moduleId, failure }) => [moduleId, failure?.error.message]),
    ).toEqual([
      ['bad', "module 'bad' of plugin 'with-module' failed: third"],
      ['good', undefined],
    ]);
  });

  it('of a service is reported once, with everything it stopped, and its factory is not run again', async () => {
    const runs: string[] = [];
    const shared = createServiceRef<string>({ id: 'test.shared', scope: 'root' });
    const between = createServiceRef<string>({ id: 'test.between' });
    const { problems, result } = await failedStart(
      backendOf([
        createServiceFactory({
          service: shared,
          initialization: 'lazy',
          deps: {},
          factory() {
            runs.push('run');
            throw Object.assign(new Error('no disk'), { code: 'ENOSPC' });
          },
        }),
        createServiceFactory({ service: between, deps: { shared }, factory: ({ shared: value }) => value }),
        needing('a', between),
        needing('b', between),
      ]),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      code: 'ERR_SERVICE_FACTORY_FAILED',
      message: "service 'test.shared' failed: no disk [ENOSPC]",
      stopped: [
        "service 'test.between' for plugin 'a'",
        "service 'test.between' for plugin 'b'",
        "plugin 'a'",
        "plugin 'b'",
      ],
    });
    expect(runs).toEqual(['run']);
    expect(result.plugins.map(({ failure }) => failure?.allowed)).toEqual([false, false]);
  });

  it('of a root context names it', async () => {
    const ref = createServiceRef<string>({ id: 'test.context' });
    const { message, problems } = await failedStart(
      backendOf([
        needing('a', ref),
        createServiceFactory({
          service: ref,
          deps: {},
          createRootContext: boom('no context'),
          factory: () => '',
        }),
      ]),
    );
    expect(problems.map(({ code }) => code)).toEqual(['ERR_SERVICE_ROOT_CONTEXT_FAILED']);
    expect(message).toContain("the root context of service 'test.context' failed: no context");
    expect(message).toContain("stopped: service 'test.context' for plugin 'a', plugin 'a'");
  });

  it('of root services comes in one error too, and no plugin starts', async () => {
    const ran: string[] = [];
    const [one, two] = ['test.one', 'test.two'].map((id) => createServiceRef<string>({ id, scope: 'root' }));
    if (!one || !two) throw new Error('unreachable');
    const { problems } = await failedStart(
      backendOf([
        createServiceFactory({ service: one, deps: {}, factory: boom('one') }),
        createServiceFactory({ service: two, deps: {}, factory: boom('two') }),
        emptyPlugin('a', () => void ran.push('a')),
        startup({ default: { onPluginBootFailure: 'continue' } }),
      ]),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      "service 'test.one' failed: one",
      "service 'test.two' failed: two",
    ]);
    expect(ran).toEqual([]);
  });

  it('frees the port before start() rejects', async () => {
    let port = 0;
    const listener = createServiceFactory({
      service: coreServices.rootHttpRouter,
      deps: { lifecycle: coreServices.rootLifecycle },
      async factory({ lifecycle }) {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        port = (server.address() as AddressInfo).port;
        lifecycle.addBeforeShutdownHook(() => void server.close());
        return { use: () => {}, addWebSocketHandler: () => {} };
      },
    });
    await failedStart(backendOf([listener, emptyPlugin('bad', boom())]));
    const socket = connect(port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('of a module keeps the init of its plugin from running', async () => {
    const ran: string[] = [];
    await failedStart(
      backendOf([emptyPlugin('p', () => void ran.push('plugin')), emptyModule('p', 'm', boom())]),
    );
    expect(ran).toEqual([]);
  });

  it('shows the hint and code of a coded error', async () => {
    const thrown = Object.assign(new Error('no connection'), {
      code: 'ERR_DATABASE_UNAVAILABLE',
      hint: 'Start it.',
    });
    const { message } = await failedStart(
      backendOf([
        emptyPlugin('p', () => {
          throw thrown;
        }),
      ]),
    );
    expect(message).toContain("plugin 'p' failed: no connection [ERR_DATABASE_UNAVAILABLE]\n    Start it.");
  });
});

describe('the boot-failure policy', () => {
  const failing = () => [
    emptyPlugin('good'),
    emptyPlugin('bad', boom('plugin')),
    emptyPlugin('mixed'),
    emptyModule('mixed', 'bad', boom('module')),
    emptyModule('mixed', 'good'),
  ];

  it('lets the backend start without a plugin and a module, by default or by name, and logs what is missing', async () => {
    for (const settings of [
      { default: { onPluginBootFailure: 'continue', onPluginModuleBootFailure: 'continue' } },
      {
        plugins: {
          bad: { onPluginBootFailure: 'continue' },
          mixed: { modules: { bad: { onPluginModuleBootFailure: 'continue' } } },
        },
      },
    ]) {
      const { lines, factory } = rememberingLogger();
      await using backend = backendOf([...failing(), startup(settings), factory]);
      const { result } = await backend.start();
      expect(result.outcome).toBe('success');
      expect(result.plugins).toMatchObject([
        { pluginId: 'good' },
        { pluginId: 'bad', failure: { allowed: true, error: { code: 'ERR_PLUGIN_FAILED' } } },
        {
          pluginId: 'mixed',
          modules: [{ moduleId: 'bad', failure: { allowed: true } }, { moduleId: 'good' }],
        },
      ]);
      expect(result.plugins[2]).not.toHaveProperty('failure');
      expect(lines.map(withoutPlaces).toSorted()).toEqual([
        "module 'bad' of plugin 'mixed' could not start; its boot-failure policy lets the backend start without it\nmodule 'bad' of plugin 'mixed' failed: module",
        "plugin 'bad' could not start; its boot-failure policy lets the backend start without it\nplugin 'bad' failed: plugin",
      ]);
    }
  });

  it('promises no start in the log, since what no policy allows may stop it', async () => {
    const { lines, factory } = rememberingLogger();
    const { problems } = await failedStart(
      backendOf([...failing(), startup({ plugins: { bad: { onPluginBootFailure: 'continue' } } }), factory]),
    );
    expect(problems.map(({ message }) => message)).toEqual(["module 'bad' of plugin 'mixed' failed: module"]);
    expect(lines.map(withoutPlaces)).toEqual([
      "plugin 'bad' could not start; its boot-failure policy lets the backend start without it\nplugin 'bad' failed: plugin",
    ]);
  });

  it('aborts where that is said of one, whatever the default', async () => {
    const { problems } = await failedStart(
      backendOf([
        ...failing(),
        startup({
          default: { onPluginBootFailure: 'continue', onPluginModuleBootFailure: 'continue' },
          plugins: {
            bad: { onPluginBootFailure: 'abort' },
            mixed: { modules: { bad: { onPluginModuleBootFailure: 'abort' } } },
          },
        }),
      ]),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      "plugin 'bad' failed: plugin",
      "module 'bad' of plugin 'mixed' failed: module",
    ]);
  });

  it('covers duplicates, missing services and failing plugin services', async () => {
    const missing = createServiceRef<string>({ id: 'test.missing' });
    const broken = createServiceRef<string>({ id: 'test.broken' });
    await using backend = backendOf([
      emptyPlugin('twin'),
      emptyPlugin('twin'),
      needing('lacking', missing),
      needing('hurt', broken),
      createServiceFactory({ service: broken, deps: {}, factory: boom() }),
      emptyPlugin('good'),
      startup({ default: { onPluginBootFailure: 'continue' } }),
    ]);
    const { result } = await backend.start();
    expect(result.plugins.map(({ pluginId, failure }) => [pluginId, failure?.allowed])).toEqual([
      ['twin', true],
      ['lacking', true],
      ['hurt', true],
      ['good', undefined],
    ]);
  });

  it('does not let a plugin that may fail excuse one that may not', async () => {
    const missing = createServiceRef<string>({ id: 'test.missing' });
    const { problems } = await failedStart(
      backendOf([
        needing('may-fail', missing),
        needing('may-not', missing),
        startup({ plugins: { 'may-fail': { onPluginBootFailure: 'continue' } } }),
      ]),
    );
    expect(problems.map(({ paths }) => paths)).toEqual([
      ['plugin may-fail -> test.missing', 'plugin may-not -> test.missing'],
    ]);
  });
});

describe('reportModuleStartupFailure', () => {
  const point = createExtensionPoint<{ use(): void }>({ id: 'host.point' });
  const reporting = (keep?: (context: ExtensionPointFactoryContext) => void) => {
    const contexts: ExtensionPointFactoryContext[] = [];
    return createBackendPlugin({
      pluginId: 'host',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint({
          extensionPoint: point,
          factory(context) {
            contexts.push(context);
            keep?.(context);
            return { use: () => {} };
          },
        });
        registerInit({
          deps: {},
          init: () =>
            keep ? undefined : contexts[0]?.reportModuleStartupFailure({ error: new Error('not like this') }),
        });
      },
    });
  };
  const module = createBackendModule({
    pluginId: 'host',
    moduleId: 'guest',
    register: ({ registerInit }) =>
      registerInit({ deps: { point }, init: ({ point: value }) => value.use() }),
  });

  it('fails the module that was served, from within the init of the plugin too', async () => {
    const { problems, result } = await failedStart(backendOf([reporting(), module]));
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_MODULE_REJECTED', "plugin 'host' rejects module 'guest' of plugin 'host': not like this"],
    ]);
    expect(result.plugins[0]?.modules[0]?.failure?.allowed).toBe(false);
  });

  it("obeys the module's policy", async () => {
    await using backend = backendOf([
      reporting(),
      module,
      startup({ default: { onPluginModuleBootFailure: 'continue' } }),
    ]);
    const { result } = await backend.start();
    expect(result.plugins[0]?.modules[0]?.failure).toMatchObject({ allowed: true });
  });

  it('is only logged once the backend has started', async () => {
    let context: ExtensionPointFactoryContext | undefined;
    const { lines, factory } = rememberingLogger();
    await using backend = backendOf([reporting((given) => (context = given)), module, factory]);
    await backend.start();
    context?.reportModuleStartupFailure({ error: new Error('too late') });
    expect(lines.map(withoutPlaces)).toEqual([
      "plugin 'host' rejects module 'guest' of plugin 'host': too late",
    ]);
  });
});
