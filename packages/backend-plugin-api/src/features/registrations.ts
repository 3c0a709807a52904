/**
 * The shape of a plugin's or module's registrations, as Backstage's backends read and emit it.
 *
 * The older types `plugin` and `module` are emitted wherever they suffice, because every Backstage version knows them.
 * `init.vestibule` is ours: it keeps the classes of `deps`, which `init.deps` spells out as their references.
 */
import type { ConfigSchema } from '../config/configSchema.ts';
import type { Dependency } from './dependencies.ts';
import type { DependencyRef, ExtensionPoint, ServiceFactory } from './references.ts';

/** What a factory of an extension point can do for the module it serves. @public */
export interface ExtensionPointFactoryContext {
  /** Marks the module as failed; obeys the module's boot-failure policy. After start-up it is only logged. */
  reportModuleStartupFailure(options: { error: Error }): void;
}

/** What a plugin or a module does when it starts, and what it needs for that. @public */
export interface RegistrationInit {
  readonly deps: Record<string, DependencyRef>;
  func(values: Record<string, unknown>): Promise<void>;
  readonly vestibule?: {
    readonly deps: Record<string, Dependency>;
    func(values: Record<string, unknown>): Promise<void>;
  };
}

/** An extension point that is offered, with its one value or with what makes one for each module. @public */
export type ExtensionPointRegistration =
  | readonly [ExtensionPoint<unknown>, unknown]
  | {
      readonly extensionPoint: ExtensionPoint<unknown>;
      factory(context: ExtensionPointFactoryContext): unknown;
    };

/** One plugin's or module's registrations. @public */
export interface Registration {
  readonly type: 'plugin' | 'plugin-v1.1' | 'module' | 'module-v1.1';
  readonly pluginId: string;
  readonly moduleId?: string;
  readonly extensionPoints: readonly ExtensionPointRegistration[];
  readonly init: RegistrationInit;
}

/** A plugin or a module. @public */
export interface RegistrationsFeature {
  readonly $$type: '@backstage/BackendFeature';
  readonly version: 'v1';
  readonly featureType?: 'registrations';
  /** Checked right after the config is read, before anything else runs. */
  readonly configSchema?: ConfigSchema;
  getRegistrations(): readonly Registration[];
}

/** A feature that decides at start-up which features to add. @public */
export interface FeatureLoader {
  readonly $$type: '@backstage/BackendFeature';
  readonly version: 'v1';
  readonly featureType: 'loader';
  /** Where it was created, for error messages. */
  readonly description: string;
  readonly deps: Record<string, DependencyRef>;
  /** Of the keys by which it decides, so that they are checked before it runs. */
  readonly configSchema?: ConfigSchema;
  loader(values: Record<string, unknown>): Promise<readonly unknown[]>;
}

/** Whatever `backend.add(…)` takes. @public */
export type BackendFeature = RegistrationsFeature | ServiceFactory | FeatureLoader;
