import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendFeatureLoader,
  createBackendPlugin,
  createServiceDecorator,
  createServiceFactory,
  createServiceRef,
  runtimeModeServiceRef,
  type ConfigSchema,
  type LoggerService,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import { backendOf, configFactory, failedStart, never } from '../testing/backends.ts';

const wordRef = createServiceRef<string>({ id: 'test.word' });
const rootRef = createServiceRef<string>({ id: 'test.root', scope: 'root' });
const listRef = createServiceRef<string>({ id: 'test.list', multiton: true });
const defaultRef = createServiceRef<string>({
  id: 'test.default',
  defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => 'by default' }),
});
const word = (text: string, deps: Record<string, typeof rootRef> = {}) =>
  createServiceFactory({ service: wordRef, deps, factory: () => text });
const around = (mark: string, service = wordRef) =>
  createServiceDecorator({ service, name: mark, deps: {}, decorate: (inner) => `${mark}(${inner})` });

/** A plugin that keeps what arrives for its deps. */
function reader(seen: unknown[], ref: ServiceRef<string>, pluginId = 'reader') {
  return createBackendPlugin({
    pluginId,
    register: ({ registerInit }) =>
      registerInit({ deps: { value: ref }, init: ({ value }) => void seen.push(value) }),
  });
}

const place = String.raw`\(added at \S*decoration\.test\.ts:\d+:\d+\)`;

describe('a decorator', () => {
  it('wraps the service for everybody, the last that was added outermost, wherever the factory was added', async () => {
    const seen: unknown[] = [];
    await using backend = backendOf([around('a'), reader(seen, wordRef), word('x'), around('b')]);
    await backend.start();
    expect(seen).toEqual(['b(a(x))']);
  });

  it('runs once for each plugin, and once for the backend where the service is root', async () => {
    const seen: unknown[] = [];
    let count = 0;
    const counting = createServiceDecorator({
      service: rootRef,
      deps: {},
      decorate: async (inner) => `${inner} ${++count}`,
    });
    const named = createServiceDecorator({
      service: wordRef,
      deps: { metadata: coreServices.pluginMetadata },
      decorate: (inner, { metadata }) => `${inner} for ${metadata.getId()}`,
    });
    const factory = createServiceFactory({ service: rootRef, deps: {}, factory: () => 'root' });
    await using backend = backendOf(
      [
        word('x'),
        named,
        reader(seen, wordRef, 'one'),
        reader(seen, wordRef, 'two'),
        reader(seen, rootRef, 'three'),
      ],
      { defaultServiceFactories: [counting, factory] },
    );
    await backend.start();
    expect(seen.sort()).toEqual(['root 1', 'x for one', 'x for two']);
  });

  it('wraps each member of a list, those of the defaults and of loaders too, and none where there is none', async () => {
    const seen: unknown[] = [];
    const member = (text: string) =>
      createServiceFactory({ service: listRef, deps: {}, factory: () => text });
    const loader = createBackendFeatureLoader({ loader: () => [member('loaded')] });
    const decorator = createServiceDecorator({ service: listRef, deps: {}, decorate: (one) => `<${one}>` });
    await using backend = backendOf([decorator, member('added'), loader, reader(seen, listRef)], {
      defaultServiceFactories: [member('default')],
    });
    await backend.start();
    await using empty = backendOf([decorator, reader(seen, listRef)]);
    await empty.start();
    expect(seen).toEqual([['<default>', '<added>', '<loaded>'], []]);
  });

  it('wraps the default factory of a reference, and one that a loader brings is as good', async () => {
    const seen: unknown[] = [];
    const loader = createBackendFeatureLoader({ loader: () => [around('b', defaultRef)] });
    await using backend = backendOf([around('a', defaultRef), loader, reader(seen, defaultRef)]);
    await backend.start();
    expect(seen).toEqual(['b(a(by default))']);
  });

  it('is left alone by a loader that brings it once more', async () => {
    const seen: unknown[] = [];
    const decorator = around('a');
    const loader = createBackendFeatureLoader({ loader: () => [decorator] });
    await using backend = backendOf([loader, decorator, word('x'), reader(seen, wordRef)]);
    await backend.start();
    expect(seen).toEqual(['a(x)']);
  });

  it('reaches the config, the logger and what is made before the graph was judged', async () => {
    const lines: string[] = [];
    const log = (message: string) => void lines.push(message);
    const logger: LoggerService = { error: log, warn: log, info: log, debug: log, child: () => logger };
    const modes: boolean[] = [];
    const schema: ConfigSchema = {
      '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
      judge: async ({ valuesOf }) => {
        modes.push(...(await valuesOf(runtimeModeServiceRef)).map(({ isProduction }) => isProduction));
        return {};
      },
    };
    await using backend = backendOf([
      configFactory({ backend: { startup: { timeout: 5 } }, mode: 'none' }),
      createServiceDecorator({
        service: coreServices.rootConfig,
        deps: {},
        decorate: (inner) => ({
          ...inner,
          getOptional: ((key?: string) =>
            key === 'mode' ? 'production' : inner.getOptional(key ?? '')) as typeof inner.getOptional,
        }),
      }),
      createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => logger }),
      createServiceDecorator({
        service: coreServices.rootLogger,
        deps: {},
        decorate: (inner) => ({ ...inner, error: (message) => inner.error(`decorated: ${message}`) }),
      }),
      createServiceFactory({
        service: runtimeModeServiceRef,
        deps: { config: coreServices.rootConfig },
        factory: () => ({ isDevelopment: false, isProduction: false }),
      }),
      createServiceDecorator({
        service: runtimeModeServiceRef,
        deps: { config: coreServices.rootConfig },
        decorate: (inner, { config }) => ({
          ...inner,
          isProduction: config.getOptional('mode') === 'production',
        }),
      }),
      createBackendPlugin({
        pluginId: 'judging',
        configSchema: schema,
        register: ({ registerInit }) =>
          registerInit({
            deps: { lifecycle: coreServices.rootLifecycle },
            init: ({ lifecycle }) =>
              lifecycle.addStartupHook(() => {
                throw new Error('on purpose');
              }),
          }),
      }),
    ]);
    await backend.start();
    expect(modes).toEqual([true]);
    expect(lines).toEqual([expect.stringMatching(/^decorated: startup hook .* failed: on purpose$/)]);
  });

  it('tells every logger underneath what is secret', async () => {
    const told: string[] = [];
    const log = () => {};
    const redacting = (name: string): LoggerService & { addRedactions(values: Iterable<string>): void } => {
      const logger = {
        error: log,
        warn: log,
        info: log,
        debug: log,
        child: () => logger,
        addRedactions: () => void told.push(name),
      };
      return logger;
    };
    await using backend = backendOf([
      createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => redacting('inner') }),
      createServiceDecorator({
        service: coreServices.rootLogger,
        deps: {},
        decorate: () => redacting('outer'),
      }),
    ]);
    await backend.start();
    expect(told.sort()).toEqual(['inner', 'outer']);
  });

  it('is stopped before what it wraps, which is disposed of once', async () => {
    const ended: string[] = [];
    const ref = createServiceRef<object>({ id: 'test.disposable', scope: 'root' });
    const thing = (name: string) => ({ [Symbol.dispose]: () => void ended.push(name) });
    const backend = backendOf([
      createServiceFactory({ service: ref, deps: {}, factory: () => thing('inner') }),
      createServiceDecorator({ service: ref, deps: {}, decorate: (inner) => inner }),
      createServiceDecorator({ service: ref, deps: {}, decorate: () => thing('outer') }),
    ]);
    await backend.start();
    await backend.stop();
    expect(ended).toEqual(['outer', 'inner']);
  });

  it('stands in explain(), with where it was added, what it needs and how long it took', async () => {
    const decorator = createServiceDecorator({
      service: wordRef,
      name: 'loud',
      deps: { rootRef },
      decorate: (inner) => inner.toUpperCase(),
    });
    const idle = createServiceDecorator({ service: listRef, name: 'idle', deps: {}, decorate: (one) => one });
    const factory = createServiceFactory({ service: rootRef, deps: {}, factory: () => '' });
    await using backend = backendOf([factory, word('x'), decorator, idle, reader([], wordRef)]);
    await backend.start();
    const { json } = backend.explain();
    expect(json.decorators).toEqual([
      {
        service: 'test.word',
        name: 'loud',
        from: expect.stringMatching(new RegExp(`^${place.slice(2, -2)}$`)),
        dependsOn: ['test.root'],
        instances: [{ pluginId: 'reader', state: 'done', milliseconds: expect.any(Number) }],
      },
      { service: 'test.list', name: 'idle', from: expect.anything(), dependsOn: [], instances: [] },
    ]);
    const [root] = json.services.filter(({ id }) => id === 'test.root');
    expect(root?.usedBy).toEqual([
      expect.stringMatching(new RegExp(`^decorator 'loud' of service 'test.word' ${place}$`)),
    ]);
    expect(String(backend.explain())).toMatch(
      /decorators\n├─ loud of test\.word \(added at .*\)\n│ {2}├─ uses: test\.root\n│ {2}└─ made: for reader \([\d.]+ ms\)\n└─ idle of test\.list/,
    );
  });
});

describe('a decorator that is wrong', () => {
  it('is named where it throws, returns nothing, or does not end', async () => {
    const bad = (decorate: (inner: string) => string | Promise<string>) =>
      failedStart(
        backendOf(
          [
            word('x'),
            createServiceDecorator({ service: wordRef, name: 'bad', deps: {}, decorate }),
            reader([], wordRef),
          ],
          {
            startupTimeoutMilliseconds: 50,
          },
        ),
      );
    const thrown = await bad(() => {
      throw new Error('on purpose');
    });
    expect(thrown.problems).toHaveLength(1);
    expect(thrown.problems[0]).toMatchObject({
      code: 'ERR_SERVICE_DECORATOR_FAILED',
      stopped: ["plugin 'reader'"],
    });
    const label = `decorator 'bad' of service 'test\\.word' ${place} for plugin 'reader'`;
    expect(thrown.problems[0]?.message).toMatch(new RegExp(`^${label} failed: on purpose$`));
    const nothing = await bad(() => undefined as unknown as string);
    expect(nothing.problems[0]?.message).toMatch(new RegExp(`^${label} failed: it returned nothing`));
    const hanging = await bad(() => never());
    expect(hanging.problems[0]).toMatchObject({ code: 'ERR_STARTUP_TIMEOUT' });
    expect(hanging.problems[0]?.message).toMatch(new RegExp(`^${label} did not finish within 50 ms$`));
    expect(hanging.problems[0]?.paths[0]).toMatch(
      /^plugin reader -> test\.word \(decorator 'bad', added at .*\)$/,
    );
  });

  it('is part of the graph: circles, scopes and services that are missing are found before anything runs', async () => {
    const ran: string[] = [];
    const otherRef = createServiceRef<string>({ id: 'test.other' });
    const absentRef = createServiceRef<string>({ id: 'test.absent' });
    const run = (what: string) => () => {
      ran.push(what);
      return what;
    };
    const { problems } = await failedStart(
      backendOf([
        createServiceFactory({ service: wordRef, deps: {}, factory: run('word') }),
        createServiceFactory({ service: otherRef, deps: { wordRef }, factory: run('other') }),
        createServiceFactory({ service: rootRef, initialization: 'lazy', deps: {}, factory: run('root') }),
        createServiceDecorator({
          service: wordRef,
          name: 'round',
          deps: { otherRef },
          decorate: run('round'),
        }),
        createServiceDecorator({
          service: wordRef,
          name: 'needy',
          deps: { absentRef },
          decorate: run('needy'),
        }),
        createServiceDecorator({
          service: rootRef,
          name: 'deep',
          deps: { wordRef: wordRef as unknown as typeof rootRef },
          decorate: run('deep'),
        }),
        createServiceDecorator({ service: defaultRef, deps: { defaultRef }, decorate: run('self') }),
        reader([], wordRef),
      ]),
    );
    expect(ran).toEqual([]);
    const of = (code: string) => problems.filter((problem) => problem.code === code);
    expect([...new Set(problems.map(({ code }) => code))].sort()).toEqual([
      'ERR_SERVICE_CYCLE',
      'ERR_SERVICE_MISSING',
      'ERR_SERVICE_SCOPE',
    ]);
    expect(of('ERR_SERVICE_MISSING')[0]?.paths[0]).toMatch(
      /^plugin reader -> test\.word \(decorator 'needy', added at .*decoration\.test\.ts:\d+:\d+\) -> test\.absent$/,
    );
    expect(of('ERR_SERVICE_SCOPE')[0]?.message).toMatch(
      new RegExp(
        `^decorator 'deep' of service 'test\\.root' ${place} depends on service 'test\\.word', which exists once for each plugin$`,
      ),
    );
    const circles = of('ERR_SERVICE_CYCLE').map(({ message }) => message);
    expect(circles).toEqual([
      expect.stringMatching(new RegExp(`decorator 'round' of service 'test\\.word' ${place} -> `)),
      expect.stringMatching(
        new RegExp(`decorator of service 'test\\.default' ${place} -> decorator of service`),
      ),
    ]);
  });

  it('is refused for a service that nobody provides, that belongs to the boot, or that is in use', async () => {
    const misspelt = createServiceRef<string>({ id: 'test.wort' });
    const { problems } = await failedStart(
      backendOf([
        word('x'),
        around('typo', misspelt),
        createServiceDecorator({
          service: coreServices.lifecycle,
          name: 'mine',
          deps: {},
          decorate: (inner) => inner,
        }),
        configFactory({}),
        createBackendFeatureLoader({
          loader: () => [
            createServiceDecorator({
              service: coreServices.rootConfig,
              name: 'late',
              deps: {},
              decorate: (inner) => inner,
            }),
          ],
        }),
        reader([], wordRef),
      ]),
    );
    expect(problems.map(({ code, hint }) => [code, hint])).toEqual([
      [
        'ERR_SERVICE_NOT_REPLACEABLE',
        expect.stringMatching(/^Remove the decorator 'mine' of service 'core\.lifecycle' \(added at /),
      ],
      ['ERR_SERVICE_ALREADY_MADE', 'Add it with backend.add(…) itself.'],
      ['ERR_SERVICE_MISSING', "Did you mean 'test.word'?"],
    ]);
    expect(problems[1]?.message).toMatch(
      /^the decorator 'late' of service 'core\.rootConfig' \(brought by feature loader created at .*\) comes too late/,
    );
    expect(problems[2]?.paths).toEqual([
      expect.stringMatching(
        new RegExp(`^decorator 'typo' of service 'test\\.wort' ${place} -> test\\.wort$`),
      ),
    ]);
  });

  it('is refused where it was added twice, with both places', async () => {
    const decorator = around('a');
    const { problems } = await failedStart(backendOf([decorator, word('x'), decorator, reader([], wordRef)]));
    expect(problems.map(({ code }) => code)).toEqual(['ERR_SERVICE_DECORATOR_DUPLICATE']);
    expect(problems[0]?.message).toMatch(
      new RegExp(`^the decorator 'a' of service 'test\\.word' ${place} was added at \\S+:\\d+ again$`),
    );
  });
});
