/** What may stand in `deps`, and the values that arrive for it. */
import type { DependencyRef, ExtensionPoint, ServiceDeps, ServiceRef, ServiceScope } from './references.ts';

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

/** The root services among a record of services. @public */
export type RootValuesOf<TDeps extends ServiceDeps> = {
  [K in keyof TDeps as TDeps[K]['scope'] extends 'root' ? K : never]: ValueOf<TDeps[K]>;
};
