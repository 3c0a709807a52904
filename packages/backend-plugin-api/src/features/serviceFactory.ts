/** Factories: how a service comes to be. */
import type {
  ServiceDeps,
  ServiceFactory,
  ServiceInstances,
  ServiceRef,
  ServiceScope,
} from './references.ts';
import type { ConfigSchema } from '../config/configSchema.ts';
import type { RootValuesOf, ValuesOf } from './dependencies.ts';

/** Options of `createServiceFactory`. @public */
export interface ServiceFactoryOptions<
  T,
  TScope extends ServiceScope,
  TInstances extends ServiceInstances,
  TDeps extends ServiceDeps,
  TContext,
> {
  service: ServiceRef<T, TScope, TInstances>;
  /** Default: `always` for root services, `lazy` for plugin services. */
  initialization?: 'always' | 'lazy';
  /** Root services for a root service; any service for a plugin service. */
  deps: TDeps;
  /** The keys that the service reads, from the root of the config. Checked like those of plugins and modules. */
  configSchema?: ConfigSchema;
  /** Runs once for the backend, before the first instance; its value is the factory's second argument. */
  createRootContext?(deps: RootValuesOf<TDeps>): TContext | Promise<TContext>;
  /** Makes the instance: once for a root service, once for each plugin otherwise. */
  factory(deps: ValuesOf<TDeps>, context: TContext): T | Promise<T>;
}

/**
 * Creates a factory, ready for `backend.add(…)`. It replaces the default of the service.
 *
 * @example
 * ```ts
 * backend.add(createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => new AcmeCatalog() }));
 * ```
 * @public
 */
export function createServiceFactory<
  T,
  TInstances extends ServiceInstances,
  TDeps extends ServiceDeps<'root'>,
  TContext = undefined,
>(options: ServiceFactoryOptions<T, 'root', TInstances, TDeps, TContext>): ServiceFactory;
/** The same for a service of plugins, which may depend on any service. @public */
export function createServiceFactory<
  T,
  TInstances extends ServiceInstances,
  TDeps extends ServiceDeps,
  TContext = undefined,
>(options: ServiceFactoryOptions<T, 'plugin', TInstances, TDeps, TContext>): ServiceFactory;
export function createServiceFactory<T, TDeps extends ServiceDeps, TContext>(
  options: ServiceFactoryOptions<T, ServiceScope, ServiceInstances, TDeps, TContext>,
): ServiceFactory {
  const { service, initialization, deps, configSchema, createRootContext, factory } = options;
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'service',
    service: service,
    deps,
    factory: async (values, context) => factory(values as ValuesOf<TDeps>, context as TContext),
    ...(initialization && { initialization }),
    ...(configSchema && { configSchema }),
    ...(createRootContext && {
      createRootContext: async (values) => createRootContext(values as RootValuesOf<TDeps>),
    }),
  };
}
