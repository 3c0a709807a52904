/* Checked by the compiler; Jest only sees that it loads. */
import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import type { LoggerService, RootConfigService } from '../index.ts';
import {
  coreServices,
  createBackendFeatureLoader,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceDecorator,
  createServiceFactory,
  createServiceRef,
  Inject,
  type BackendFeature,
  type ServiceFactory,
  type ServiceRef,
  type ValueOf,
  type ValuesOf,
} from '../index.ts';

interface Directory {
  find(name: string): string | undefined;
}

const directoryRef = createServiceRef<Directory>({ id: 'acme.directory' });
const rootRef = createServiceRef<number>({ id: 'acme.root', scope: 'root' });
const listRef = createServiceRef<string>({ id: 'acme.list', multiton: true });
const rootListRef = createServiceRef<string>({ id: 'acme.rootList', scope: 'root', multiton: true });
const point = createExtensionPoint<{ add(name: string): void }>({ id: 'acme.point' });

class Greeter {
  constructor(readonly directory: Directory) {}
}

describe('references', () => {
  it('carry their type, their scope and whether they stand for a list', () => {
    expectTypeOf(directoryRef).toEqualTypeOf<ServiceRef<Directory, 'plugin', 'singleton'>>();
    expectTypeOf(rootRef).toEqualTypeOf<ServiceRef<number, 'root', 'singleton'>>();
    expectTypeOf(listRef).toEqualTypeOf<ServiceRef<string, 'plugin', 'multiton'>>();
    expectTypeOf(rootListRef).toEqualTypeOf<ServiceRef<string, 'root', 'multiton'>>();
    expectTypeOf<ValueOf<typeof listRef>>().toEqualTypeOf<string[]>();
    expectTypeOf<ValueOf<typeof point>>().toEqualTypeOf<{ add(name: string): void }>();
    expectTypeOf<ValueOf<typeof Greeter>>().toEqualTypeOf<Greeter>();
    // A reference of any type stands where the type does not matter, so that a graph can hold them all.
    expectTypeOf(directoryRef).toExtend<ServiceRef<unknown>>();
    expectTypeOf<ValueOf<typeof coreServices.rootConfig>>().toEqualTypeOf<RootConfigService>();
  });

  it('refuse a default factory or options of the wrong kind', () => {
    createServiceRef<string>({
      id: 'acme.default',
      defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => 'text' }),
    });
    createServiceRef<string>({
      id: 'acme.wrong',
      // @ts-expect-error the factory makes a number
      defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => 1 }),
    });
    // @ts-expect-error a list must be said to be one
    const single: ServiceRef<string, 'plugin', 'singleton'> = listRef;
    expect(single.multiton).toBe(true);
  });
});

describe('deps', () => {
  it('flow into the init of plugins and modules: services, lists, extension points, classes', () => {
    expectTypeOf<
      ValuesOf<{
        directory: typeof directoryRef;
        list: typeof listRef;
        point: typeof point;
        greeter: typeof Greeter;
      }>
    >().toEqualTypeOf<{
      directory: Directory;
      list: string[];
      point: { add(name: string): void };
      greeter: Greeter;
    }>();
    createBackendModule({
      pluginId: 'acme',
      moduleId: 'm',
      register({ registerInit }) {
        registerInit({
          deps: { directory: directoryRef, list: listRef, point, logger: coreServices.logger },
          async init(values) {
            expectTypeOf(values.directory).toEqualTypeOf<Directory>();
            expectTypeOf(values.list).toEqualTypeOf<string[]>();
            expectTypeOf(values.point.add).parameters.toEqualTypeOf<[name: string]>();
            expectTypeOf(values.logger).toEqualTypeOf<LoggerService>();
            // @ts-expect-error was not asked for
            expectTypeOf(values.other).toBeUndefined();
          },
        });
      },
    });
    createBackendPlugin({
      pluginId: 'acme',
      register({ registerExtensionPoint, registerInit }) {
        registerExtensionPoint(point, { add: () => {} });
        // @ts-expect-error no implementation of it
        registerExtensionPoint(point, { remove: () => {} });
        registerExtensionPoint({ extensionPoint: point, factory: () => ({ add: () => {} }) });
        registerInit({ deps: {}, init: () => {} });
      },
    });
  });

  it('of a root factory and of a loader are root services only', () => {
    createServiceFactory({
      service: rootRef,
      deps: { rootList: rootListRef },
      factory({ rootList }) {
        expectTypeOf(rootList).toEqualTypeOf<string[]>();
        return rootList.length;
      },
    });
    // @ts-expect-error a root service outlives a plugin's directory
    createServiceFactory({ service: rootRef, deps: { directory: directoryRef }, factory: () => 1 });
    // @ts-expect-error a loader runs before any plugin
    createBackendFeatureLoader({ deps: { directory: directoryRef }, loader: () => [] });
    createBackendFeatureLoader({
      deps: { root: rootRef },
      loader({ root }) {
        expectTypeOf(root).toEqualTypeOf<number>();
        return [];
      },
    });
  });

  it('of a root context are the root services among those of the factory, and its value reaches the factory', () => {
    createServiceFactory({
      service: directoryRef,
      deps: { root: rootRef, list: listRef },
      createRootContext(values) {
        expectTypeOf(values).toEqualTypeOf<{ root: number }>();
        return new Map<string, string>();
      },
      factory(values, context) {
        expectTypeOf(values).toEqualTypeOf<{ root: number; list: string[] }>();
        expectTypeOf(context).toEqualTypeOf<Map<string, string>>();
        return { find: (name) => context.get(name) };
      },
    });
    // @ts-expect-error no directory
    createServiceFactory({ service: directoryRef, deps: {}, factory: () => 'text' });
  });
});

describe('Inject', () => {
  it('holds the constructor to the references', () => {
    @Inject(directoryRef, listRef, point)
    class Right {
      constructor(
        readonly directory: Directory,
        readonly list: string[],
        readonly names: { add(name: string): void },
      ) {}
    }
    // @ts-expect-error the second parameter is no list of strings
    @Inject(directoryRef, listRef)
    class WrongType {
      constructor(
        readonly directory: Directory,
        readonly list: number[],
      ) {}
    }
    // @ts-expect-error the second parameter is named by nothing
    @Inject(directoryRef)
    class TooMany {
      constructor(
        readonly directory: Directory,
        readonly logger: LoggerService,
      ) {}
    }
    // @ts-expect-error in another order
    @Inject(listRef, directoryRef)
    class Swapped {
      constructor(
        readonly directory: Directory,
        readonly list: string[],
      ) {}
    }
    expect([Right, WrongType, TooMany, Swapped]).toHaveLength(4);
  });
});

describe('decorators', () => {
  it('receive the service and what their deps name, and give the service again', () => {
    const decorator = createServiceDecorator({
      service: directoryRef,
      deps: { listRef, config: coreServices.rootConfig },
      decorate(inner, deps) {
        expectTypeOf(inner).toEqualTypeOf<Directory>();
        expectTypeOf(deps).toEqualTypeOf<{ listRef: string[]; config: RootConfigService }>();
        return inner;
      },
    });
    expectTypeOf(decorator).toExtend<BackendFeature>();
    expectTypeOf(decorator.over).toEqualTypeOf<(factory: ServiceFactory) => ServiceFactory>();
    createServiceDecorator({
      service: rootListRef,
      deps: { rootRef },
      // One member of the list at a time.
      decorate(inner, deps) {
        expectTypeOf(inner).toEqualTypeOf<string>();
        expectTypeOf(deps).toEqualTypeOf<{ rootRef: number }>();
        return Promise.resolve(inner);
      },
    });
  });

  it('are refused where they give something else, or take a service of a plugin for one of the backend', () => {
    // @ts-expect-error a string is no directory
    createServiceDecorator({ service: directoryRef, deps: {}, decorate: () => 'none' });
    // @ts-expect-error a root service takes root services only
    createServiceDecorator({ service: rootRef, deps: { directoryRef }, decorate: (inner) => inner });
    // @ts-expect-error nothing is returned
    createServiceDecorator({ service: directoryRef, deps: {}, decorate: () => {} });
  });
});
