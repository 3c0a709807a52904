import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
  type LifecycleService,
  type RootLifecycleService,
} from '@vestibule/backend-plugin-api';
import {
  backendOf,
  configFactory,
  emptyPlugin,
  failedStart,
  never,
  rememberingLogger,
} from '../testing/backends.ts';

const { lifecycle, rootLifecycle } = coreServices;

/** A plugin and a module of it that add a hook of each kind, and note when it runs. */
function noting(pluginId: string, events: string[]) {
  const note = (name: string) => () => void events.push(name);
  const addAll = (name: string, own: LifecycleService, root: RootLifecycleService) => {
    own.addStartupHook(note(`${name} startup`));
    own.addShutdownHook(note(`${name} shutdown`));
    root.addStartupHook(note(`root startup by ${name}`));
    root.addBeforeShutdownHook(note(`before shutdown by ${name}`));
    root.addShutdownHook(note(`root shutdown by ${name}`));
  };
  return [
    createBackendPlugin({
      pluginId,
      register: ({ registerInit }) =>
        registerInit({
          deps: { lifecycle, rootLifecycle },
          init: (deps) => addAll(pluginId, deps.lifecycle, deps.rootLifecycle),
        }),
    }),
    createBackendModule({
      pluginId,
      moduleId: 'm',
      register: ({ registerInit }) =>
        registerInit({
          deps: { lifecycle, rootLifecycle },
          init: (deps) => addAll(`${pluginId}.m`, deps.lifecycle, deps.rootLifecycle),
        }),
    }),
  ];
}

describe('the order of hooks', () => {
  it('is plugin startup, root startup; then before-shutdown, plugin, module, root shutdown', async () => {
    const events: string[] = [];
    const backend = backendOf(noting('p', events));
    await backend.start();
    expect(events).toEqual(['p.m startup', 'p startup', 'root startup by p.m', 'root startup by p']);
    events.length = 0;
    await backend.stop();
    expect(events).toEqual([
      'before shutdown by p.m',
      'before shutdown by p',
      'p shutdown',
      'p.m shutdown',
      'root shutdown by p.m',
      'root shutdown by p',
    ]);
  });

  it('starts a plugin up when that plugin is done, and the backend when all are', async () => {
    const events: string[] = [];
    let finish: (() => void) | undefined;
    const started = new Promise<void>((resolve) => (finish = resolve));
    const quick = createBackendPlugin({
      pluginId: 'quick',
      register: ({ registerInit }) =>
        registerInit({
          deps: { lifecycle, rootLifecycle },
          init(deps) {
            deps.lifecycle.addStartupHook(() => {
              events.push('quick startup');
              finish?.();
            });
            deps.rootLifecycle.addStartupHook(() => void events.push('root startup'));
          },
        }),
    });
    await using backend = backendOf([
      quick,
      emptyPlugin('waiting', async () => {
        await started; // by the other plugin's startup hook
        events.push('waiting init');
      }),
    ]);
    await backend.start();
    expect(events).toEqual(['quick startup', 'waiting init', 'root startup']);
  });

  it('ends services in reverse order of dependency, hooks and disposal of each together, plugin services first', async () => {
    const events: string[] = [];
    const disposable = (name: string) => ({
      [Symbol.asyncDispose]: async () => void events.push(`${name} disposed`),
    });
    const bottom = createServiceRef<object>({ id: 'bottom', scope: 'root' });
    const middle = createServiceRef<object>({ id: 'middle', scope: 'root' });
    const top = createServiceRef<object>({ id: 'top', scope: 'root' });
    const ofPlugin = createServiceRef<object>({ id: 'of-plugin' });
    const service = (ref: typeof top, ...below: (typeof top)[]) =>
      createServiceFactory({
        service: ref,
        deps: { ...Object.fromEntries(below.map((one) => [one.id, one])), rootLifecycle },
        factory(deps) {
          const { rootLifecycle: root } = deps as { rootLifecycle: RootLifecycleService };
          root.addShutdownHook(async () => {
            await new Promise((resolve) => setImmediate(resolve));
            events.push(`${ref.id} hook`);
          });
          return disposable(ref.id);
        },
      });
    const plugin = createBackendPlugin({
      pluginId: 'p',
      register: ({ registerInit }) => registerInit({ deps: { ofPlugin }, init: () => {} }),
    });
    const backend = backendOf([
      service(bottom),
      service(top, middle, bottom),
      service(middle, bottom),
      createServiceFactory({
        service: ofPlugin,
        deps: { lifecycle, rootLifecycle, top },
        createRootContext: () => disposable('root context'),
        factory(deps) {
          deps.lifecycle.addShutdownHook(() => void events.push('of-plugin hook'));
          deps.rootLifecycle.addShutdownHook(() => void events.push('root hook by of-plugin'));
          return disposable('of-plugin');
        },
      }),
      plugin,
    ]);
    await backend.start();
    await backend.stop();
    expect(events).toEqual([
      'of-plugin hook',
      'of-plugin disposed',
      'root hook by of-plugin',
      'root context disposed',
      'top hook',
      'top disposed',
      'middle hook',
      'middle disposed',
      'bottom hook',
      'bottom disposed',
    ]);
  });

  it('disposes of a value once, where it was made, when several services hand it on', async () => {
    const events: string[] = [];
    const original = createServiceRef<object>({ id: 'original', scope: 'root' });
    const alias = createServiceRef<object>({ id: 'alias' });
    const backend = backendOf([
      createServiceFactory({
        service: original,
        deps: {},
        factory: () => ({ [Symbol.dispose]: () => void events.push('disposed') }),
      }),
      createServiceFactory({ service: alias, deps: { original }, factory: (deps) => deps.original }),
      createBackendPlugin({
        pluginId: 'p',
        register: ({ registerInit }) =>
          registerInit({
            deps: { alias, rootLifecycle },
            init: (deps) => deps.rootLifecycle.addShutdownHook(() => void events.push('root shutdown')),
          }),
      }),
    ]);
    await backend.start();
    await backend.stop();
    expect(events).toEqual(['root shutdown', 'disposed']);
  });

  it('ends the root logger last', async () => {
    const events: string[] = [];
    const { factory, lines } = rememberingLogger();
    const other = createServiceRef<object>({ id: 'other', scope: 'root' });
    const logger = {
      ...factory,
      factory: async () => ({
        ...((await factory.factory({}, undefined)) as object),
        [Symbol.dispose]: () => void events.push('logger disposed'),
      }),
    };
    const backend = backendOf([
      logger,
      createServiceFactory({
        service: other,
        deps: {},
        factory: () => ({
          [Symbol.asyncDispose]: async () => {
            await new Promise((resolve) => setImmediate(resolve));
            events.push('other disposed');
            throw new Error('leaky');
          },
        }),
      }),
    ]);
    await backend.start();
    await backend.stop();
    expect(events).toEqual(['other disposed', 'logger disposed']);
    expect(lines).toEqual(["the disposal of service 'other' failed: leaky"]);
  });
});

describe('stop()', () => {
  it('runs everything once, however often it is called', async () => {
    const events: string[] = [];
    const backend = backendOf(noting('p', events));
    await backend.start();
    events.length = 0;
    await Promise.all([backend.stop(), backend.stop(), backend[Symbol.asyncDispose]()]);
    expect(events).toHaveLength(6);
  });

  it('waits for a start under way', async () => {
    const events: string[] = [];
    let finish: (() => void) | undefined;
    const plugin = emptyPlugin('p', async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      events.push('init');
    });
    const backend = backendOf([plugin, ...noting('q', [])]);
    const starting = backend.start();
    const stopping = backend.stop().then(() => events.push('stopped'));
    while (!finish) await new Promise((resolve) => setImmediate(resolve));
    finish();
    await Promise.all([starting, stopping]);
    expect(events).toEqual(['init', 'stopped']);
  });

  it('does nothing on a backend that never started', async () => {
    await expect(backendOf([emptyPlugin('p')]).stop()).resolves.toBeUndefined();
  });

  it('runs the hooks of what had started when the start fails', async () => {
    const events: string[] = [];
    const backend = backendOf([
      ...noting('p', events),
      emptyPlugin('bad', () => {
        throw new Error('boom');
      }),
    ]);
    await failedStart(backend);
    expect(events).toContain('p shutdown');
    expect(events).toContain('root shutdown by p');
    const before = events.length;
    await backend.stop();
    expect(events).toHaveLength(before);
  });

  it('logs a hook that fails or hangs by name, and goes on', async () => {
    const events: string[] = [];
    const { lines, factory } = rememberingLogger();
    const ref = createServiceRef<string>({ id: 'stubborn', scope: 'root' });
    const backend = backendOf([
      factory,
      configFactory({ backend: { lifecycle: { shutdownTimeout: { milliseconds: 15 } } } }),
      createServiceFactory({
        service: ref,
        deps: { rootLifecycle },
        factory(deps) {
          deps.rootLifecycle.addShutdownHook(function closeConnections() {
            return never();
          });
          deps.rootLifecycle.addShutdownHook(() => void events.push('after'));
          return '';
        },
      }),
      createBackendPlugin({
        pluginId: 'p',
        register: ({ registerInit }) =>
          registerInit({
            deps: { lifecycle },
            init: (deps) =>
              deps.lifecycle.addShutdownHook(async () => {
                throw new Error('cannot let go');
              }),
          }),
      }),
    ]);
    await backend.start();
    await backend.stop();
    expect(lines).toEqual([
      "shutdown hook of plugin 'p' failed: cannot let go",
      "shutdown hook 'closeConnections' of service 'stubborn' did not finish within 15 ms; going on without it",
    ]);
    expect(events).toEqual(['after']);
  });

  it('gives hooks before shutdown the time in which the listener still serves, on top of their own', async () => {
    const { lines, factory } = rememberingLogger();
    const settings = { shutdownTimeout: { milliseconds: 15 }, serverShutdownDelay: { milliseconds: 20 } };
    const backend = backendOf([
      factory,
      configFactory({ backend: { lifecycle: settings } }),
      createBackendPlugin({
        pluginId: 'p',
        register: ({ registerInit }) =>
          registerInit({
            deps: { rootLifecycle },
            init(deps) {
              deps.rootLifecycle.addBeforeShutdownHook(() => never());
              deps.rootLifecycle.addShutdownHook(() => never());
            },
          }),
      }),
    ]);
    await backend.start();
    await backend.stop();
    expect(lines).toEqual([
      "before-shutdown hook of plugin 'p' did not finish within 35 ms; going on without it",
      "shutdown hook of plugin 'p' did not finish within 15 ms; going on without it",
    ]);
  });

  it('stops plugins side by side', async () => {
    const events: string[] = [];
    let other: (() => void) | undefined;
    const stopped = new Promise<void>((resolve) => (other = resolve));
    const plugin = (pluginId: string, hook: () => void | Promise<void>) =>
      createBackendPlugin({
        pluginId,
        register: ({ registerInit }) =>
          registerInit({ deps: { lifecycle }, init: (deps) => deps.lifecycle.addShutdownHook(hook) }),
      });
    const backend = backendOf([
      plugin('first', () => stopped.then(() => void events.push('first'))),
      plugin('second', () => {
        events.push('second');
        other?.();
      }),
    ]);
    await backend.start();
    await backend.stop();
    expect(events).toEqual(['second', 'first']);
  });

  it('leaves the process as it was: no handlers are installed', async () => {
    const names = ['SIGTERM', 'SIGINT', 'beforeExit', 'unhandledRejection', 'uncaughtException'];
    const count = () => names.map((name) => process.listenerCount(name));
    const before = count();
    await using backend = backendOf([emptyPlugin('p')]);
    await backend.start();
    expect(count()).toEqual(before);
  });
});

describe('a hook added too late', () => {
  it('is refused with the name of who adds it', async () => {
    let kept: RootLifecycleService | undefined;
    const plugin = createBackendPlugin({
      pluginId: 'late',
      register: ({ registerInit }) =>
        registerInit({ deps: { rootLifecycle }, init: (deps) => void (kept = deps.rootLifecycle) }),
    });
    const backend = backendOf([plugin]);
    await backend.start();
    const refusal = (phase: string) =>
      expect.objectContaining({
        code: 'ERR_LIFECYCLE_PHASE_OVER',
        message: `plugin 'late' adds a ${phase} hook after that phase has begun`,
      });
    expect(() => kept?.addStartupHook(() => {})).toThrow(refusal('startup'));
    await backend.stop();
    expect(() => kept?.addBeforeShutdownHook(() => {})).toThrow(refusal('before-shutdown'));
    expect(() => kept?.addShutdownHook(() => {})).toThrow(refusal('shutdown'));
  });
});
