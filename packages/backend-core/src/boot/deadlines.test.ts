import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  coreServices,
  createBackendFeatureLoader,
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import {
  backendOf,
  configFactory,
  emptyModule,
  emptyPlugin,
  failedStart,
  never,
  rememberingLogger,
} from '../testing/backends.ts';

const short = { startupTimeoutMilliseconds: 20 };

afterEach(() => {
  jest.useRealTimers();
});

describe('the start-up deadline', () => {
  it('may be longer than a timer of Node', async () => {
    const backend = backendOf([
      configFactory({ backend: { startup: { timeout: { days: 300 } } } }),
      emptyPlugin('slow', async () => new Promise((resolve) => setTimeout(resolve, 5))),
    ]);
    await backend.start();
    await backend.stop();
  });

  it('names a factory that never settles, and who waits for it', async () => {
    const hanging = createServiceRef<string>({ id: 'ldap.client', scope: 'root' });
    const resolver = createServiceRef<string>({ id: 'signInResolver' });
    const { message, problems } = await failedStart(
      backendOf(
        [
          createServiceFactory({
            service: hanging,
            initialization: 'lazy',
            deps: {},
            factory: () => never<string>(),
          }),
          createServiceFactory({ service: resolver, deps: { hanging }, factory: () => '' }),
          createBackendPlugin({
            pluginId: 'auth',
            register: ({ registerInit }) => registerInit({ deps: { resolver }, init: () => {} }),
          }),
        ],
        short,
      ),
    );
    expect(message).toBe(
      [
        'Could not start: 1 problem',
        "  service 'ldap.client' did not finish within 20 ms",
        '    awaited by: plugin auth -> signInResolver -> ldap.client',
        "    stopped: service 'signInResolver' for plugin 'auth', plugin 'auth'",
      ].join('\n'),
    );
    expect(problems.map(({ code }) => code)).toEqual(['ERR_STARTUP_TIMEOUT']);
  });

  it('covers imports, default factories, loaders, root contexts, modules and plugins', async () => {
    const asking = createServiceRef<string>({
      id: 'never.asked',
      defaultFactory: () => never<ServiceFactory>(),
    });
    const plugin = createBackendPlugin({
      pluginId: 'asking',
      register: ({ registerInit }) => registerInit({ deps: { asking }, init: () => {} }),
    });
    const before = await failedStart(
      backendOf(
        [plugin, never<typeof plugin>(), createBackendFeatureLoader({ loader: () => never<[]>() })],
        short,
      ),
    );
    expect(before.problems.map(({ message }) => message.replace(/ created at .*:\d+/, ''))).toEqual([
      'feature loader did not finish within 20 ms',
      'feature 2 did not finish within 20 ms',
      "the default factory of service 'never.asked' did not finish within 20 ms",
    ]);

    const context = createServiceRef<string>({ id: 'never.context' });
    const after = await failedStart(
      backendOf(
        [
          createBackendPlugin({
            pluginId: 'context',
            register: ({ registerInit }) => registerInit({ deps: { context }, init: () => {} }),
          }),
          createServiceFactory({
            service: context,
            deps: {},
            createRootContext: () => never(),
            factory: () => '',
          }),
          emptyPlugin('slow', () => never()),
          emptyPlugin('host'),
          emptyModule('host', 'slow', () => never()),
        ],
        short,
      ),
    );
    expect(after.problems.map(({ message, paths }) => [message, paths]).toSorted()).toEqual([
      ["module 'slow' of plugin 'host' did not finish within 20 ms", ['plugin host -> module slow of host']],
      ["plugin 'slow' did not finish within 20 ms", []],
      [
        "the root context of service 'never.context' did not finish within 20 ms",
        ['plugin context -> never.context -> never.context (root context)'],
      ],
    ]);
  });

  it("measures a unit's own function and not its waiting for others", async () => {
    jest.useFakeTimers();
    const refs = ['a', 'b', 'c'].map((id) => createServiceRef<string>({ id: `slow.${id}`, scope: 'root' }));
    const factories = refs.map((service, index) => {
      const below = refs[index - 1];
      return createServiceFactory({
        service,
        deps: below ? { below } : {},
        factory: () => new Promise<string>((resolve) => setTimeout(() => resolve(''), 20_000)),
      });
    });
    await using backend = backendOf(factories);
    const starting = backend.start();
    await jest.advanceTimersByTimeAsync(60_000); // twice the default deadline
    await expect(starting).resolves.toMatchObject({ result: { outcome: 'success' } });
  });

  it('is 30 seconds unless config says otherwise', async () => {
    jest.useFakeTimers();
    for (const [timeout, expected] of [
      [undefined, '30 s'],
      [5, '5 s'],
      [{ seconds: 6 }, '6 s'],
      ['500ms', '500 ms'],
    ]) {
      const config = configFactory({ backend: { startup: timeout === undefined ? {} : { timeout } } });
      const failing = failedStart(backendOf([config, emptyPlugin('slow', () => never())]));
      await jest.advanceTimersByTimeAsync(30_000);
      expect((await failing).problems[0]?.message).toBe(`plugin 'slow' did not finish within ${expected}`);
    }
  });

  it('disposes of a service that comes after it', async () => {
    let arrive: ((value: AsyncDisposable) => void) | undefined;
    const late = createServiceRef<AsyncDisposable>({ id: 'late', scope: 'root' });
    await failedStart(
      backendOf(
        [
          createServiceFactory({
            service: late,
            deps: {},
            factory: () => new Promise<AsyncDisposable>((resolve) => (arrive = resolve)),
          }),
        ],
        short,
      ),
    );
    const disposed = new Promise<string>((resolve) =>
      arrive?.({ [Symbol.asyncDispose]: async () => resolve('disposed') }),
    );
    await expect(disposed).resolves.toBe('disposed');
  });

  it('lets a service that comes after it free itself by the hooks it adds', async () => {
    let arrive: (() => void) | undefined;
    const late = createServiceRef<string>({ id: 'late', scope: 'root' });
    const freed = new Promise<string>((resolve) => {
      const factory = createServiceFactory({
        service: late,
        deps: { lifecycle: coreServices.rootLifecycle },
        async factory({ lifecycle }) {
          await new Promise<void>((done) => (arrive = done));
          lifecycle.addStartupHook(() => resolve('started'));
          lifecycle.addShutdownHook(() => resolve('freed'));
          return '';
        },
      });
      void failedStart(backendOf([factory], short)).then(() => arrive?.());
    });
    await expect(freed).resolves.toBe('freed');
  });

  it('logs a startup hook that passes it, and goes on', async () => {
    const { lines, factory } = rememberingLogger();
    const plugin = createBackendPlugin({
      pluginId: 'p',
      register: ({ registerInit }) =>
        registerInit({
          deps: { lifecycle: coreServices.lifecycle },
          init: ({ lifecycle }) =>
            lifecycle.addStartupHook(function warmUp() {
              return never();
            }),
        }),
    });
    await using backend = backendOf([plugin, factory], short);
    await expect(backend.start()).resolves.toMatchObject({ result: { outcome: 'success' } });
    expect(lines).toEqual([
      "startup hook 'warmUp' of plugin 'p' did not finish within 20 ms; going on without it",
    ]);
  });
});

describe('a slow start', () => {
  it('says after a second what it is busy with, and then less and less often', async () => {
    jest.useFakeTimers();
    const { lines, factory } = rememberingLogger();
    let finish: (() => void) | undefined;
    await using backend = backendOf([
      factory,
      emptyPlugin('slow', () => new Promise<void>((resolve) => (finish = resolve))),
      emptyPlugin('quick'),
    ]);
    const starting = backend.start();
    await jest.advanceTimersByTimeAsync(999);
    expect(lines).toEqual([]);
    await jest.advanceTimersByTimeAsync(11_001); // at 1, 2, 4, 7 and 12 seconds
    expect(lines).toEqual(Array.from({ length: 5 }, () => "still starting: 'plugin slow'"));
    finish?.();
    await starting;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(lines).toHaveLength(5);
  });
});
