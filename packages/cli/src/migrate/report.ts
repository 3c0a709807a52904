/** What `vestibule migrate` reports. The same shape is printed with `--json`. */
import type { ConfigLocation } from '@vestibule/backend-plugin-api';

/** Something to know about a key. */
export interface Finding {
  /** Dotted, as users write it. */
  readonly key: string;
  /** One sentence that begins with the key. */
  readonly message: string;
  readonly location?: ConfigLocation;
  readonly nextStep?: string;
}

/** A package that brings providers. */
export interface ModuleToAdd {
  readonly package: string;
  /** The blocks under `auth.providers`. */
  readonly providers: readonly string[];
  /** Whether `vestibule start` has it; a backend in code adds it with one line. */
  readonly isIncluded: boolean;
}

/** Something outside of the config, and the keys that need it. */
export interface NamedSource {
  readonly name: string;
  readonly keys: readonly string[];
}

/** The report. */
export interface MigrationReport {
  readonly files: readonly string[];
  readonly startsUnchanged: boolean;
  readonly mustChange: readonly Finding[];
  /** What only the environment of the start could tell. */
  readonly notJudged: readonly Finding[];
  /** One line for each provider and environment, as a start tells it. */
  readonly whoCanSignIn: readonly string[];
  readonly modules: readonly ModuleToAdd[];
  /** Variables of the environment, with the keys that they give. */
  readonly environment: readonly NamedSource[];
  /** Files that `$file` names, with the keys that they give. */
  readonly valueFiles: readonly NamedSource[];
  /** Kinds of tokens for which a backend in code adds a handler, with the keys that name them. */
  readonly handlers: readonly NamedSource[];
  /** Keys that are left to whoever reads them, and keys that others have replaced: a start warns of them. */
  readonly foreign: readonly Finding[];
  readonly doesLessThanItSeems: readonly Finding[];
  readonly differsOnPurpose: readonly Finding[];
  readonly withoutEffect: readonly Finding[];
  readonly carriesOver: readonly Omit<Finding, 'message' | 'nextStep'>[];
}
