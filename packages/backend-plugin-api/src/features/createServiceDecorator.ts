/**
 * Decorators: features that wrap a service without knowing who makes it.
 *
 * A decorator is a service factory, too, in Backstage's shape, so that it does on a Backstage host what can be done there:
 * it wraps the default factory that the reference carries. Our own backend sees `decorator` and wraps whatever provides
 * the service.
 */
import type { ConfigSchema } from '../config/configSchema.ts';
import { FeatureError } from '../errors/errors.ts';
import { rememberCallSite } from '../errors/stackFrames.ts';
import type { ValuesOf } from './dependencies.ts';
import type {
  ServiceDeps,
  ServiceFactory,
  ServiceInstances,
  ServiceRef,
  ServiceScope,
} from './references.ts';
import { createServiceRef } from './serviceRef.ts';

/** What a decorator does, as a backend reads it. @public */
export interface Decoration {
  /** For messages: `decorator 'cache' of service 'catalog-client'`. */
  readonly label: string;
  readonly name?: string;
  /** Where it was created, as `file:line:column`. */
  createdAt(): string;
  /** Services that it needs beside the one that it wraps. */
  readonly deps: ServiceDeps;
  readonly configSchema?: ConfigSchema;
  decorate(inner: unknown, deps: Record<string, unknown>): Promise<unknown>;
}

/** A decorator, ready for `backend.add(…)`. Made by `createServiceDecorator`. @public */
export interface ServiceDecorator extends ServiceFactory {
  readonly decorator: Decoration;
  /**
   * A factory of the same service that wraps what the given one makes: the way to decorate on a Backstage host where
   * another factory than the reference's default is meant.
   *
   * @throws `ERR_FEATURE_INVALID` for a factory of another service.
   */
  over(factory: ServiceFactory): ServiceFactory;
}

/** Options of `createServiceDecorator`. @public */
export interface ServiceDecoratorOptions<
  T,
  TScope extends ServiceScope,
  TInstances extends ServiceInstances,
  TDeps extends ServiceDeps,
> {
  service: ServiceRef<T, TScope, TInstances>;
  /** For messages and `explain()`, where several decorate one service. Default: the place where it was created. */
  name?: string;
  /** Root services for a root service; any service for a plugin service. */
  deps: TDeps;
  /** The keys that the decorator reads, from the root of the config. Checked like those of plugins and modules. */
  configSchema?: ConfigSchema;
  /**
   * Makes what stands in for the service: once for a root service, once for each plugin otherwise; of a list
   * (`multiton`), once for each of its members. The backend disposes of `inner` itself.
   */
  decorate(inner: T, deps: ValuesOf<TDeps>): T | Promise<T>;
}

/**
 * Creates a decorator: everybody who depends on the service receives what `decorate` makes of it. Several apply in the order
 * of adding, the last outermost.
 *
 * On a Backstage host, add `decorator.over(factory)`. Where no factory of the service is registered there and its reference
 * carries a default factory, as that of the catalog does, the decorator itself will do.
 *
 * @example
 * ```ts
 * export default createServiceDecorator({
 *   service: catalogServiceRef,
 *   deps: { clock: clockServiceRef },
 *   decorate: (inner, { clock }) => new CachingCatalog(inner, clock),
 * });
 * ```
 * @public
 */
export function createServiceDecorator<
  T,
  TInstances extends ServiceInstances,
  TDeps extends ServiceDeps<'root'>,
>(options: ServiceDecoratorOptions<T, 'root', TInstances, TDeps>): ServiceDecorator;
/** The same for a service of plugins, which may depend on any service. @public */
export function createServiceDecorator<T, TInstances extends ServiceInstances, TDeps extends ServiceDeps>(
  options: ServiceDecoratorOptions<T, 'plugin', TInstances, TDeps>,
): ServiceDecorator;
export function createServiceDecorator<T, TDeps extends ServiceDeps>(
  options: ServiceDecoratorOptions<T, ServiceScope, ServiceInstances, TDeps>,
): ServiceDecorator {
  const { service, name, deps, configSchema, decorate } = options;
  const createdAt = rememberCallSite(createServiceDecorator);
  const label = `decorator ${name === undefined ? '' : `'${name}' `}of service '${service.id}'`;
  const decorator: Decoration = {
    label,
    ...(name !== undefined && { name }),
    createdAt,
    deps,
    ...(configSchema && { configSchema }),
    async decorate(inner, values) {
      const outer = await decorate(inner as T, values as ValuesOf<TDeps>);
      if (outer !== undefined || inner === undefined) return outer;
      throw new FeatureError('ERR_FEATURE_INVALID', 'it returned nothing', {
        hint: 'Return what stands in for the service, or the service itself.',
      });
    },
  };
  return {
    ...factoryOver(service, decorator, 'lazy', async () => defaultFactoryOf(service, decorator)),
    decorator,
    over(factory) {
      if (factory.service.id !== service.id) {
        throw new FeatureError(
          'ERR_FEATURE_INVALID',
          `the ${label} was put over a factory of service '${factory.service.id}'`,
        );
      }
      return factoryOver(service, decorator, factory.initialization, async () => factory);
    },
  };
}

// Deps of the decorator's own have names of variables.
const innerName = '(inner)';

/** A factory that wraps what another makes. That one is the default of a reference that nobody else has. */
function factoryOver(
  service: ServiceRef<unknown>,
  { label, deps, configSchema, decorate }: Decoration,
  initialization: ServiceFactory['initialization'],
  inner: () => Promise<ServiceFactory>,
): ServiceFactory {
  const innerRef: ServiceRef<unknown> = createServiceRef<unknown>({
    id: `${service.id} under ${label}`,
    scope: service.scope as 'root',
    defaultFactory: async () => ({ ...(await inner()), service: innerRef }),
  });
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'service',
    service,
    deps: { ...deps, [innerName]: innerRef },
    async factory(values) {
      const { [innerName]: made, ...own } = values;
      return decorate(made, own);
    },
    ...(initialization && { initialization }),
    ...(configSchema && { configSchema }),
  };
}

/** What a decorator wraps where it is taken for a mere factory. */
async function defaultFactoryOf(
  service: ServiceRef<unknown>,
  { label, createdAt }: Decoration,
): Promise<ServiceFactory> {
  if (!service.__defaultFactory || service.multiton) {
    // The next step stands in the message: other hosts print no hints.
    throw new FeatureError(
      'ERR_FEATURE_INVALID',
      `this backend cannot apply the ${label}, created at ${createdAt()}: it knows no decorators, and ${
        service.multiton ? 'the service is a list' : 'the reference of the service has no default factory'
      }; add decorator.over(factory) there, with the factory to wrap`,
    );
  }
  const given = await service.__defaultFactory(service);
  return typeof given === 'function' ? given() : given;
}
