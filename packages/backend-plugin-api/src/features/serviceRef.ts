/**
 * Typed references to services.
 *
 * A reference is found by its id, so that two copies of a package agree. Its shape is the one Backstage's backends
 * recognise; `token` is the extra that lets classes name a reference in `@inject(ref.token)`.
 */
import type { ServiceFactory } from './serviceFactory.ts';
import { rememberToken } from './tokens.ts';

/** Whether there is one instance for the whole backend (`root`) or one for each plugin (`plugin`). @public */
export type ServiceScope = 'root' | 'plugin';

/** Whether one factory provides a service, or every registered factory adds to a list. @public */
export type ServiceInstances = 'singleton' | 'multiton';

/** Names a service of type `T`. Made by {@link createServiceRef}. @public */
export interface ServiceRef<
  T,
  TScope extends ServiceScope = ServiceScope,
  TInstances extends ServiceInstances = ServiceInstances,
> {
  readonly $$type: '@backstage/ServiceRef';
  /** The identity of the service, for example `core.logger`. */
  readonly id: string;
  readonly scope: TScope;
  /** With `true`, dependants receive a list, in the order in which the factories were added. */
  readonly multiton: TInstances extends 'multiton' ? true : false;
  /** The token under which the container binds the value. */
  readonly token: symbol;
  /** Carries the type only; reading it throws. */
  readonly T: T;
  toString(): string;
  /** Asked for a factory when none is registered for the id. */
  __defaultFactory?(
    service: ServiceRef<T, TScope, TInstances>,
  ): Promise<ServiceFactory | (() => ServiceFactory)>;
}

/** Options of {@link createServiceRef}. @public */
export interface ServiceRefOptions<T, TScope extends ServiceScope, TInstances extends ServiceInstances> {
  /** Dot-separated, lower camel case, for example `acme.directory`. */
  id: string;
  /** Default: `plugin`. */
  scope?: TScope;
  /** Default: `false`. */
  multiton?: TInstances extends 'multiton' ? true : false;
  /** Gives the factory to use when none is registered; asked once, and only when somebody depends on the service. */
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
export function createServiceRef<T>(
  options: ServiceRefOptions<T, 'root', 'singleton'> & { scope: 'root' },
): ServiceRef<T, 'root', 'singleton'>;
export function createServiceRef<T>(
  options: ServiceRefOptions<T, 'plugin', 'multiton'> & { multiton: true },
): ServiceRef<T, 'plugin', 'multiton'>;
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
    ...(defaultFactory && { __defaultFactory: defaultFactory }),
  };
  rememberToken(ref);
  return ref;
}
