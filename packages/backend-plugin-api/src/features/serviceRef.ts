/**
 * Typed references to services.
 *
 * A reference is found by its id, so that two copies of a package agree. Its shape is the one Backstage's backends
 * recognise; `token` is the extra that lets classes name a reference in `@inject(ref.token)`.
 */
import { defaultFactoryOfEveryCopy } from './defaultFactories.ts';
import type { ServiceFactory, ServiceInstances, ServiceRef, ServiceScope } from './references.ts';
import { rememberToken } from './tokens.ts';

/** Options of `createServiceRef`. @public */
export interface ServiceRefOptions<T, TScope extends ServiceScope, TInstances extends ServiceInstances> {
  /** Dot-separated, lower camel case, for example `acme.directory`. */
  id: string;
  /** Default: `plugin`. */
  scope?: TScope;
  /** Default: `false`. */
  multiton?: TInstances extends 'multiton' ? true : false;
  /**
   * Gives the factory to use when none is registered; asked once, and only when somebody depends on the service. Where a process
   * has several copies of the package, that of the first serves all of them.
   */
  defaultFactory?(
    service: ServiceRef<T, TScope, TInstances>,
  ): Promise<ServiceFactory | (() => ServiceFactory)>;
}

/**
 * Creates a reference to a service.
 *
 * @example
 * ```ts
 * export const directoryServiceRef = createServiceRef<DirectoryService>({ id: 'acme.directory' });
 * ```
 * @public
 */
export function createServiceRef<T>(
  options: ServiceRefOptions<T, 'plugin', 'singleton'>,
): ServiceRef<T, 'plugin', 'singleton'>;
/** The same for a service of which there is one for the backend. @public */
export function createServiceRef<T>(
  options: ServiceRefOptions<T, 'root', 'singleton'> & { scope: 'root' },
): ServiceRef<T, 'root', 'singleton'>;
/** The same for a list, to which every factory adds. @public */
export function createServiceRef<T>(
  options: ServiceRefOptions<T, 'plugin', 'multiton'> & { multiton: true },
): ServiceRef<T, 'plugin', 'multiton'>;
/** The same for a list of which there is one for the backend. @public */
export function createServiceRef<T>(
  options: ServiceRefOptions<T, 'root', 'multiton'> & { scope: 'root'; multiton: true },
): ServiceRef<T, 'root', 'multiton'>;
export function createServiceRef<T>(
  options: ServiceRefOptions<T, ServiceScope, ServiceInstances>,
): ServiceRef<T, ServiceScope, ServiceInstances> {
  const { id, scope = 'plugin', multiton = false, defaultFactory } = options;
  const ref: ServiceRef<T> = {
    $$type: '@backstage/ServiceRef',
    id,
    scope,
    multiton,
    token: Symbol(id),
    get T(): T {
      throw new Error(`the type of ${String(this)} was read as a value`);
    },
    toString: () => `serviceRef{${id}}`,
    ...(defaultFactory && { __defaultFactory: defaultFactoryOfEveryCopy(id, defaultFactory) }),
  };
  rememberToken(ref);
  return ref;
}
