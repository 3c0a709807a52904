/** What may stand in `deps`, and the values that arrive for it. */
import type { ExtensionPoint } from './extensionPoint.ts';
import type { ServiceInstances, ServiceRef, ServiceScope } from './serviceRef.ts';

/** A reference: the part of {@link Dependency} that the container binds directly. @public */
export type DependencyRef = ServiceRef<unknown> | ExtensionPoint<unknown>;

/** A class whose constructor parameters are named by `@Inject(…)` or `@inject(ref.token)`. @public */
export type InjectableClass<T = unknown> = new (...parameters: never[]) => T;

/** A value of `deps`: a service, an extension point, or a class to be built from them. @public */
export type Dependency = DependencyRef | InjectableClass;

/** The value that arrives for one dependency; a list for a multiton service. @public */
export type ValueOf<D> =
  D extends ServiceRef<infer T, ServiceScope, infer TInstances>
    ? [TInstances] extends ['multiton']
      ? T[]
      : T
    : D extends ExtensionPoint<infer T>
      ? T
      : D extends InjectableClass<infer T>
        ? T
        : never;

/** The values that arrive for a record of dependencies. @public */
export type ValuesOf<TDeps extends Record<string, Dependency>> = { [K in keyof TDeps]: ValueOf<TDeps[K]> };

/** A record of services of one scope, as factories take them. @public */
export type ServiceDeps<TScope extends ServiceScope = ServiceScope> = Record<
  string,
  ServiceRef<unknown, TScope, ServiceInstances>
>;

/** The root services among a record of services. @public */
export type RootValuesOf<TDeps extends ServiceDeps> = {
  [K in keyof TDeps as TDeps[K]['scope'] extends 'root' ? K : never]: ValueOf<TDeps[K]>;
};
