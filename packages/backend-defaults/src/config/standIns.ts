/** Reading a config without what stands outside of it: for tools that judge one where its environment is not. */
import type { ConfigLocation, ConfigProblem, LocatedConfig } from '@vestibule/backend-plugin-api';
import type { ValueSource } from './configTree.ts';

/** What stands in for values that are not read. @public */
export interface StandIns {
  /** For a variable of the environment that has no default. */
  variable(name: string): string;
  /** For the text of a file that `$file` names. It is looked for, and not opened. */
  file(name: string): string;
}

/** A value that something outside of the config gives, whole or in part. @public */
export interface OutsideValue {
  readonly path: readonly (string | number)[];
  readonly sources: readonly ValueSource[];
}

/** An `$include` or `$file` whose file only the environment knows. What an `$include` would bring is not there. @public */
export interface UnknownInclude {
  /** As it is written, variables and all. */
  readonly name: string;
  /** The key whose value it gives. */
  readonly path: string;
  readonly variables: readonly string[];
  readonly location?: ConfigLocation;
}

/** What was read. @public */
export interface ConfigReading {
  /** What could be read, whatever the problems are. */
  readonly config: LocatedConfig;
  readonly problems: readonly ConfigProblem[];
  /** The keys whose values are not there for one of the problems; the empty text where it may be any. */
  readonly unread: readonly string[];
  readonly outside: readonly OutsideValue[];
  readonly unknownIncludes: readonly UnknownInclude[];
}
