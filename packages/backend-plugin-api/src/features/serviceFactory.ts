/** Factories: how a service comes to be. */
import type { ConfigSchema } from '../config/configSchema.ts';
import type { RootValuesOf, ServiceDeps, ValuesOf } from './dependencies.ts';
import type { ServiceInstances, ServiceRef, ServiceScope } from './serviceRef.ts';

/** A factory as a backend accepts it: Backstage's shape. Made by {@link createServiceFactory}. @public */
export interface ServiceFactory {
  readonly $$type: '@backstage/BackendFeature';
  readonly version: 'v1';
  readonly featureType: 'service';
  readonly service: ServiceRef<unknown>;
  /** `always` makes the instance at start-up, `lazy` when somebody depends on it. */
  readonly initialization?: 'always' | 'lazy';
  readonly deps: ServiceDeps;
  /** Checked right after the config is read, where this factory provides its service. */
  readonly configSchema?: ConfigSchema;
  createRootContext?(deps: Record<string, unknown>): Promise<unknown>;
  factory(deps: Record<string, unknown>, context: unknown): Promise<unknown>;
}

/** Options of {@link createServiceFactory}. @public */
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
    ...(initialization && { initialization }),
    deps,
    ...(configSchema && { configSchema }),
    ...(createRootContext && {
      createRootContext: async (values) => createRootContext(values as RootValuesOf<TDeps>),
    }),
    factory: async (values, context) => factory(values as ValuesOf<TDeps>, context as TContext),
  };
}
