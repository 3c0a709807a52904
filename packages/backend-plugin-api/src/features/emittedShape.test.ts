/* What Backstage's backends read of our features, field by field. */
import { describe, expect, it } from '@jest/globals';
import {
  createBackendFeatureLoader,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceDecorator,
  createServiceFactory,
  createServiceRef,
  Inject,
  type ConfigSchema,
  type ServiceFactory,
  type ServiceRef,
} from '../index.ts';

const ref = createServiceRef<string>({ id: 'test.service' });
const point = createExtensionPoint<object>({ id: 'test.point' });
const init = { deps: { ref }, init: () => {} };

describe('references', () => {
  it("have Backstage's fields, print themselves, and throw when their type is read as a value", () => {
    const withDefault = createServiceRef<string>({
      id: 'test.default',
      scope: 'root',
      multiton: true,
      defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => '' }),
    });
    const { token, ...visible } = Object.getOwnPropertyDescriptors(withDefault);
    expect(typeof token.value).toBe('symbol');
    expect(Object.keys(visible)).toEqual([
      '$$type',
      'id',
      'scope',
      'multiton',
      'T',
      'toString',
      '__defaultFactory',
    ]);
    expect(withDefault).toMatchObject({
      $$type: '@backstage/ServiceRef',
      id: 'test.default',
      scope: 'root',
      multiton: true,
    });
    expect(ref).toMatchObject({ scope: 'plugin', multiton: false });
    expect(ref).not.toHaveProperty('__defaultFactory');
    expect(point).toMatchObject({ $$type: '@backstage/ExtensionPoint', id: 'test.point' });
    expect([`${ref}`, `${point}`]).toEqual(['serviceRef{test.service}', 'extensionPoint{test.point}']);
    expect(() => ref.T).toThrow('serviceRef{test.service}');
    expect(() => point.T).toThrow('extensionPoint{test.point}');
  });
});

describe('plugins and modules', () => {
  it('are emitted in the older shape, which every Backstage version knows, with the schema beside it', () => {
    const configSchema = { '~standard': {} } as ConfigSchema;
    const implementation = {};
    const plugin = createBackendPlugin({
      pluginId: 'hello',
      configSchema,
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint(point, implementation);
        registerInit(init);
      },
    });
    expect(plugin).toEqual({
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'registrations',
      configSchema,
      getRegistrations: expect.any(Function),
    });
    expect(plugin.getRegistrations()).toEqual([
      {
        type: 'plugin',
        pluginId: 'hello',
        extensionPoints: [[point, implementation]],
        init: { deps: { ref }, func: expect.any(Function) },
      },
    ]);
    const module = createBackendModule({
      pluginId: 'hello',
      moduleId: 'm',
      register: ({ registerInit }) => registerInit(init),
    });
    expect(module.getRegistrations()).toMatchObject([
      { type: 'module', pluginId: 'hello', moduleId: 'm', extensionPoints: [] },
    ]);
    expect(module).not.toHaveProperty('configSchema');
  });

  it('take the newer shape, factories throughout, once an extension point has a factory', () => {
    const other = createExtensionPoint<string>({ id: 'test.other' });
    const plugin = createBackendPlugin({
      pluginId: 'hello',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint(other, 'fixed');
        registerExtensionPoint({ extensionPoint: point, factory: () => ({ made: true }) });
        registerInit(init);
      },
    });
    const [registration] = plugin.getRegistrations();
    expect(registration?.type).toBe('plugin-v1.1');
    const made = registration?.extensionPoints.map((offered) =>
      'factory' in offered
        ? [offered.extensionPoint.id, offered.factory({ reportModuleStartupFailure: () => {} })]
        : offered,
    );
    expect(made).toEqual([
      ['test.other', 'fixed'],
      ['test.point', { made: true }],
    ]);
  });

  it('spell classes out as their references, and build them by new where the host knows no classes', async () => {
    @Inject(ref, point)
    class Greeter {
      constructor(
        readonly text: string,
        readonly names: object,
      ) {}
    }
    let seen: unknown;
    const module = createBackendModule({
      pluginId: 'hello',
      moduleId: 'm',
      register: ({ registerInit }) =>
        registerInit({ deps: { greeter: Greeter, ref }, init: (values) => void (seen = values) }),
    });
    const [registration] = module.getRegistrations();
    expect(registration?.init.deps).toEqual({ 'greeter.0': ref, 'greeter.1': point, ref });
    const names = {};
    await registration?.init.func({ 'greeter.0': 'text', 'greeter.1': names, ref: 'text' });
    expect(seen).toEqual({ greeter: new Greeter('text', names), ref: 'text' });
    expect((seen as { greeter: unknown }).greeter).toBeInstanceOf(Greeter);
    expect(registration?.init.vestibule?.deps).toEqual({ greeter: Greeter, ref });
  });

  it('run register() only when the backend asks, and pass what init throws on as a rejection', async () => {
    let runs = 0;
    const plugin = createBackendPlugin({
      pluginId: 'hello',
      register({ registerInit }) {
        runs += 1;
        registerInit({
          deps: {},
          init() {
            throw new Error('boom');
          },
        });
      },
    });
    expect(runs).toBe(0);
    await expect(plugin.getRegistrations()[0]?.init.func({})).rejects.toThrow('boom');
    expect(runs).toBe(1);
  });

  it('are refused with the name of who is wrong, and how', () => {
    const withRegister = (register: Parameters<typeof createBackendPlugin>[0]['register']) =>
      createBackendPlugin({ pluginId: 'hello', register });
    const cases = [
      [withRegister(() => {}), 'ERR_FEATURE_INIT_MISSING', "plugin 'hello' registers no init"],
      [
        withRegister(({ registerInit }) => {
          registerInit(init);
          registerInit(init);
        }),
        'ERR_FEATURE_INIT_TWICE',
        "plugin 'hello' registers its init twice",
      ],
      [
        withRegister(({ registerExtensionPoint, registerInit }) => {
          registerInit(init);
          registerExtensionPoint(point, {});
        }),
        'ERR_FEATURE_REGISTER_ORDER',
        "plugin 'hello' registers an extension point after its init; register extension points first",
      ],
      [
        withRegister(() => {
          throw new TypeError('oops');
        }),
        'ERR_FEATURE_REGISTER_FAILED',
        "plugin 'hello': register() threw: oops",
      ],
    ] as const;
    for (const [feature, code, message] of cases) {
      expect(() => feature.getRegistrations()).toThrow(
        expect.objectContaining({ name: 'FeatureError', code, message, owner: { pluginId: 'hello' } }),
      );
    }
  });

  it('need ids that begin with a letter', () => {
    const register = () => {};
    for (const pluginId of ['', '1st', 'with space', 'a/b', '../x', 'ä']) {
      expect(() => createBackendPlugin({ pluginId, register })).toThrow(
        expect.objectContaining({ code: 'ERR_FEATURE_ID_INVALID' }),
      );
      expect(() => createBackendModule({ pluginId: 'fine', moduleId: pluginId, register })).toThrow(
        expect.objectContaining({ code: 'ERR_FEATURE_ID_INVALID' }),
      );
    }
    for (const pluginId of ['a', 'awsAlbProvider', 'catalog-backend2', 'with_underscore']) {
      expect(() => createBackendPlugin({ pluginId, register })).not.toThrow();
    }
  });
});

describe('service factories', () => {
  it('have asynchronous functions whatever was given, and only the fields that were given', async () => {
    const plain = createServiceFactory({ service: ref, deps: {}, factory: () => 'text' });
    expect(plain).toEqual({
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'service',
      service: ref,
      deps: {},
      factory: expect.any(Function),
    });
    await expect(plain.factory({}, undefined)).resolves.toBe('text');
    const full = createServiceFactory({
      service: ref,
      initialization: 'always',
      deps: {},
      createRootContext: () => 'context',
      factory: (_values, context) => context,
    });
    expect(full.initialization).toBe('always');
    await expect(full.createRootContext?.({})).resolves.toBe('context');
    await expect(full.factory({}, 'given')).resolves.toBe('given');
  });
});

describe('feature loaders', () => {
  it('say where they were created, and give a list however the features come', async () => {
    const feature = createServiceFactory({ service: ref, deps: {}, factory: () => '' });
    const loaders = [
      createBackendFeatureLoader({ loader: () => [feature] }),
      createBackendFeatureLoader({ loader: async () => new Set([feature]) }),
      createBackendFeatureLoader({
        *loader() {
          yield feature;
        },
      }),
      createBackendFeatureLoader({
        async *loader() {
          yield Promise.resolve(feature);
        },
      }),
    ];
    for (const loader of loaders) {
      expect(loader).toMatchObject({
        $$type: '@backstage/BackendFeature',
        version: 'v1',
        featureType: 'loader',
        deps: {},
      });
      expect(loader.description).toMatch(/^feature loader created at .*emittedShape\.test\.ts:\d+:\d+$/);
      await expect(loader.loader({})).resolves.toEqual([feature]);
    }
  });

  it('say what they are instead, where they are told', () => {
    const { description } = createBackendFeatureLoader({
      description: 'feature loader of x',
      loader: () => [],
    });
    expect(description).toBe('feature loader of x');
  });
});

describe('decorators', () => {
  const other = createServiceRef<string>({ id: 'test.other' });
  const decorating = (service: typeof ref, configSchema?: ConfigSchema) =>
    createServiceDecorator({
      service,
      name: 'loud',
      deps: { other },
      ...(configSchema && { configSchema }),
      decorate: (inner, deps) => `${inner} ${deps.other}!`,
    });

  /** As a Backstage backend makes a service: what its deps name first, from the default where nobody provides it. */
  async function made({ deps, factory }: ServiceFactory): Promise<unknown> {
    const values: Record<string, unknown> = {};
    for (const [name, dependency] of Object.entries<ServiceRef<unknown>>(deps)) {
      const given = await dependency.__defaultFactory?.(dependency);
      const inner = typeof given === 'function' ? given() : given;
      values[name] = inner ? await made(inner) : 'other';
      if (inner) expect(inner.service).toBe(dependency);
    }
    return factory(values, undefined);
  }

  it('are service factories over the default that the reference carries, for hosts that know no decorators', async () => {
    const withDefault = createServiceRef<string>({
      id: 'test.default',
      defaultFactory: async (service) => () =>
        createServiceFactory({ service, deps: {}, factory: () => 'default' }),
    });
    const configSchema = { '~standard': {} } as ConfigSchema;
    const decorator = decorating(withDefault, configSchema);
    expect(decorator).toMatchObject({
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'service',
      service: { id: 'test.default' },
      initialization: 'lazy',
      configSchema,
    });
    expect(Object.values(decorator.deps).map(({ id }) => id)).toEqual([
      'test.other',
      "test.default under decorator 'loud' of service 'test.default'",
    ]);
    expect(await made(decorator)).toBe('default other!');
  });

  it('are put over any factory of the service, and over one another', async () => {
    const factory = createServiceFactory({
      service: ref,
      initialization: 'always',
      deps: {},
      factory: () => 'mine',
    });
    const decorator = decorating(ref);
    const over = decorator.over(decorator.over(factory));
    expect(over).not.toHaveProperty('decorator');
    expect(over.initialization).toBe('always');
    expect(await made(over)).toBe('mine other! other!');
    expect(() =>
      decorator.over(createServiceFactory({ service: other, deps: {}, factory: () => '' })),
    ).toThrow(
      expect.objectContaining({
        code: 'ERR_FEATURE_INVALID',
        message:
          "the decorator 'loud' of service 'test.service' was put over a factory of service 'test.other'",
      }),
    );
  });

  it('say on such a host what to add where there is no default to wrap, or a list', async () => {
    const list = createServiceRef<string>({
      id: 'test.list',
      multiton: true,
      defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => '' }),
    });
    const ofList = createServiceDecorator({ service: list, deps: {}, decorate: (inner) => inner });
    await expect(made(decorating(ref))).rejects.toThrow(
      /^this backend cannot apply the decorator 'loud' of service 'test\.service', created at .*emittedShape\.test\.ts:\d+:\d+: it knows no decorators, and the reference of the service has no default factory; add decorator\.over\(factory\)/,
    );
    await expect(made(ofList)).rejects.toThrow(
      /^this backend .* and the service is a list; add decorator\.over/,
    );
  });
});
