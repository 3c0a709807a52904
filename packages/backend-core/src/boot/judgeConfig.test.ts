import { describe, expect, it } from '@jest/globals';
import {
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
  coreServices,
  runtimeModeServiceRef,
  withConfigDescription,
  withConfigJudge,
  withProductionCheck,
  type ConfigJudge,
  type ConfigProblem,
  type ConfigSchema,
  type ServiceDeps,
} from '@vestibule/backend-plugin-api';
import {
  backendOf,
  configFactory,
  emptyModule,
  failedStart,
  rememberingLogger,
} from '../testing/backends.ts';

const anything: ConfigSchema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ type: 'object' }) },
  },
};

function judged(judge: ConfigJudge, ran: string[] = []) {
  return createBackendPlugin({
    pluginId: 'one',
    configSchema: withConfigJudge(anything, judge),
    register: ({ registerInit }) => registerInit({ deps: {}, init: () => void ran.push('one') }),
  });
}

const problem = (path: string, more: Partial<ConfigProblem> = {}): ConfigProblem => ({
  code: 'ERR_TEST',
  path,
  message: `${path} is wrong`,
  ...more,
});
const pathsOf = (problems: readonly { path?: string }[]) => problems.map(({ path }) => path);

describe('a judge of the config', () => {
  it('stops the start, and is told the mode, the plugins and the services that stand on the config alone', async () => {
    const words = createServiceRef<string>({ id: 'test.words', multiton: true });
    const word = (deps: ServiceDeps, factory: () => string | Promise<string>) =>
      createServiceFactory({ service: words, deps, factory: factory });
    const { problems } = await failedStart(
      backendOf([
        configFactory({ key: 'v' }),
        createServiceFactory({
          service: runtimeModeServiceRef,
          deps: {},
          factory: () => ({ isDevelopment: false, isProduction: true }),
        }),
        word({}, () => 'free'),
        word({ config: coreServices.rootConfig }, () => 'of the config'),
        word({ logger: coreServices.rootLogger }, () => 'of more'),
        word({}, () => Promise.resolve('in a while')),
        word({}, () => {
          throw new Error('broken');
        }),
        rememberingLogger().factory,
        judged(async ({ config, runtimeMode, pluginIds, valuesOf }) => ({
          problems: [
            problem(`${config.getOptional<string>('key')} ${runtimeMode.isProduction}`),
            problem(`${pluginIds.join()} ${(await valuesOf(words)).join()}`),
          ],
        })),
      ]),
    );
    expect(pathsOf(problems)).toEqual(['v true', 'one free,of the config,in a while']);
  });

  it('that finds something provisional is not believed by a start, which will know better', async () => {
    const ran: string[] = [];
    const judge: ConfigJudge = () => ({
      problems: [problem('a', { isProvisional: true })],
      disabled: [{ name: 'the part b', problems: [problem('b')] }],
    });
    await using backend = backendOf([configFactory({}), judged(judge, ran)]);
    await backend.start();
    expect(ran).toEqual(['one']);
  });

  it('is heard in full by whoever judges only, and nothing runs', async () => {
    const ran: string[] = [];
    const judge: ConfigJudge = () => ({
      problems: [problem('a', { isProvisional: true }), problem('c')],
      disabled: [{ name: 'the part b', problems: [problem('b')] }],
    });
    const backend = backendOf([
      configFactory({}),
      judged(judge, ran),
      emptyModule('one', 'm', () => void ran.push('m')),
    ]);
    const { problems, disabled } = await backend.judge();
    expect(pathsOf(problems)).toEqual(['c', 'a']);
    expect(disabled).toEqual([{ name: 'the part b', problems: [problem('b')] }]);
    expect(ran).toEqual([]);
    await expect(backend.start()).rejects.toMatchObject({ code: 'ERR_BACKEND_ALREADY_STARTED' });
  });

  it('stops nothing where the boot-failure policy lets the backend go on without the part', async () => {
    const judge: ConfigJudge = () => ({ problems: [problem('a', { isProvisional: true })] });
    const backend = backendOf([
      configFactory({ backend: { startup: { plugins: { one: { onPluginBootFailure: 'continue' } } } } }),
      judged(judge),
    ]);
    const { problems, disabled } = await backend.judge();
    expect(problems).toEqual([]);
    expect(disabled.map((part) => [part.name, pathsOf(part.problems)])).toEqual([["plugin 'one'", ['a']]]);
  });

  it('tells a start that is refused what it would have gone on without, where that is certain', async () => {
    const { problems } = await failedStart(
      backendOf([
        configFactory({}),
        judged(() => ({
          problems: [problem('a')],
          disabled: [{ name: 'b', problems: [problem('b'), problem('c', { isProvisional: true })] }],
        })),
      ]),
    );
    expect(pathsOf(problems)).toEqual(['a', 'b']);
  });

  it('that throws is a problem of its own, unless a schema has refused what it stumbled over', async () => {
    const stumbling: ConfigJudge = () => {
      throw new Error('over a stone');
    };
    const { problems } = await failedStart(backendOf([configFactory({}), judged(stumbling)]));
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_CONFIG_INVALID', expect.stringContaining('over a stone')],
    ]);
    const refusing: ConfigSchema = {
      '~standard': {
        ...anything['~standard'],
        validate: () => ({ issues: [{ message: 'must be right', path: ['key'] }] }),
      },
    };
    const both = createBackendPlugin({
      pluginId: 'one',
      configSchema: withConfigJudge(refusing, stumbling),
      register: ({ registerInit }) => registerInit({ deps: {}, init: () => undefined }),
    });
    const refused = await failedStart(backendOf([configFactory({ key: 1 }), both]));
    expect(pathsOf(refused.problems)).toEqual(['key']);
  });

  it('stands beside another, and beside what production refuses', async () => {
    const schema = withProductionCheck(
      withConfigJudge(
        withConfigJudge(anything, () => ({ problems: [problem('a')] })),
        () => ({ problems: [problem('b')], disabled: [{ name: 'x', problems: [] }] }),
      ),
      () => [problem('c')],
    );
    const context = {} as Parameters<ConfigJudge>[0];
    const found = await schema.judge?.(context);
    expect([pathsOf(found?.problems ?? []), found?.disabled?.length]).toEqual([['a', 'b'], 1]);
    expect(schema.problemsInProduction?.({} as never)).toEqual([problem('c')]);
  });
});

describe('a config that says production while NODE_ENV does not', () => {
  const contradiction = problem('auth.environment', { message: 'the rules of production hold' });
  const mode = createServiceFactory({
    service: runtimeModeServiceRef,
    deps: {},
    factory: () => ({ isDevelopment: false, isProduction: true, contradiction }),
  });

  it('is told of at the start, once', async () => {
    const { lines, factory } = rememberingLogger();
    await using backend = backendOf([configFactory({}), mode, factory, judged(() => ({}))]);
    await backend.start();
    expect(lines).toEqual(['the rules of production hold']);
  });

  it('is told of beside what is refused for it, and to whoever judges only', async () => {
    const features = [configFactory({}), mode, judged(() => ({ problems: [problem('a')] }))];
    const { message } = await failedStart(backendOf(features));
    expect(message).toBe('Could not start: 1 problem\n  a is wrong\nNote: the rules of production hold');
    expect(pathsOf((await backendOf(features).judge()).warnings)).toEqual(['auth.environment']);
  });
});

it('tells what was judged, and every schema of it, those included that a part tells more with', async () => {
  const words = createServiceRef<string>({ id: 'test.words', multiton: true });
  const more = (title: string): ConfigSchema => ({
    '~standard': { ...anything['~standard'], jsonSchema: { input: () => ({ title }) } },
  });
  const telling = withConfigJudge(
    withConfigDescription(
      withProductionCheck(anything, () => []),
      async ({ valuesOf }) => (await valuesOf(words)).map(more),
    ),
    () => ({ problems: [problem('a')] }),
  );
  const backend = backendOf([
    configFactory({ key: 'v' }),
    createServiceFactory({ service: words, deps: {}, factory: () => 'a word' }),
    createBackendPlugin({
      pluginId: 'one',
      configSchema: telling,
      register: ({ registerInit }) => registerInit({ deps: {}, init: () => undefined }),
    }),
  ]);
  const { problems, config, describeConfig } = await backend.judge();
  expect(pathsOf(problems)).toEqual(['a']);
  expect(config?.getOptional()).toEqual({ key: 'v' });
  const described = (await describeConfig()).map(({ schema, owner }) => [
    owner,
    schema['~standard'].jsonSchema?.input({ target: 'draft-07' })['title'],
  ]);
  expect(described).toEqual(
    expect.arrayContaining([
      ["plugin 'one'", undefined],
      ["plugin 'one'", 'a word'],
    ]),
  );
});
