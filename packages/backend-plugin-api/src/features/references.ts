/**
 * The types of references and of what makes a service. They stand together because they name one another: a reference carries
 * its default factory, and a factory its reference.
 */
import type { ConfigSchema } from '../config/configSchema.ts';

/** Whether there is one instance for the whole backend (`root`) or one for each plugin (`plugin`). @public */
export type ServiceScope = 'root' | 'plugin';

/** Whether one factory provides a service, or every registered factory adds to a list. @public */
export type ServiceInstances = 'singleton' | 'multiton';

/** Names a service of type `TService`. Made by `createServiceRef`. @public */
export interface ServiceRef<
  TService,
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
  readonly T: TService;
  toString(): string;
  /** Asked for a factory when none is registered for the id. */
  __defaultFactory?(
    service: ServiceRef<TService, TScope, TInstances>,
  ): Promise<ServiceFactory | (() => ServiceFactory)>;
}

/** A factory as a backend accepts it: Backstage's shape. Made by `createServiceFactory`. @public */
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

/** A record of services of one scope, as factories take them. @public */
export type ServiceDeps<TScope extends ServiceScope = ServiceScope> = Record<
  string,
  ServiceRef<unknown, TScope, ServiceInstances>
>;

/** Names an extension point of type `TExtensionPoint`. Made by {@link createExtensionPoint}. @public */
export interface ExtensionPoint<TExtensionPoint> {
  readonly $$type: '@backstage/ExtensionPoint';
  /** The plugin's id, a dot, and the name: `auth.providers`. */
  readonly id: string;
  /** The token under which the container binds the implementation, in a module's own scope only. */
  readonly token: symbol;
  /** Carries the type only; reading it throws. */
  readonly T: TExtensionPoint;
  toString(): string;
}

/** A reference: the part of {@link Dependency} that the container binds directly. @public */
export type DependencyRef = ServiceRef<unknown> | ExtensionPoint<unknown>;
