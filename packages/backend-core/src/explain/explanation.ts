/** What `backend.explain()` tells, as data. */
import type { ProviderOrigin } from '../graph/provider.ts';

/** One instance of a service. Times are milliseconds since the start-up began. @public */
export interface ExplainedInstance {
  /** Absent for root services. */
  readonly pluginId?: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** How long its own factory took. */
  readonly milliseconds?: number;
}

/** One factory. @public */
export interface ExplainedService {
  readonly id: string;
  readonly scope: 'root' | 'plugin';
  readonly multiton: boolean;
  readonly providedBy: ProviderOrigin;
  readonly dependsOn: readonly string[];
  /** Plugins, modules and services that name it. */
  readonly usedBy: readonly string[];
  readonly instances: readonly ExplainedInstance[];
  /** Why there is no instance. */
  readonly notMade?: string;
}

/** A decorator. @public */
export interface ExplainedDecorator {
  readonly service: string;
  readonly name?: string;
  /** Where it was added: `added at src/index.ts:12:9`, or by which loader. */
  readonly from: string;
  readonly dependsOn: readonly string[];
  /** Empty where the service was not made. */
  readonly instances: readonly ExplainedInstance[];
}

/** A plugin or a module. @public */
export interface ExplainedPart {
  readonly pluginId: string;
  readonly moduleId?: string;
  readonly dependsOn: readonly string[];
  readonly offers: readonly string[];
  /** Code of what kept it from starting. */
  readonly failure?: string;
}

/** An extension point, with the plugin that offers it and the modules that use it. @public */
export interface ExplainedExtensionPoint {
  readonly id: string;
  readonly offeredBy: string;
  readonly usedBy: readonly string[];
}

/** A function that the boot ran. Times are milliseconds since the start-up began. @public */
export interface ExplainedUnit {
  readonly label: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly startedAt?: number;
  /** How long it ran, without its waiting for others. */
  readonly milliseconds?: number;
}

/** What a backend consists of, as data. @public */
export interface ExplanationData {
  readonly parts: readonly ExplainedPart[];
  readonly services: readonly ExplainedService[];
  /** In the order of adding: the first of a service is the innermost. */
  readonly decorators: readonly ExplainedDecorator[];
  readonly extensionPoints: readonly ExplainedExtensionPoint[];
  /** In the order in which they began. */
  readonly timings: readonly ExplainedUnit[];
  /** Everything that went wrong, allowed failures included. */
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

/** What `backend.explain()` gives. @public */
export interface BackendExplanation {
  readonly json: ExplanationData;
  /** The same as a tree, for a terminal. */
  toString(): string;
}
