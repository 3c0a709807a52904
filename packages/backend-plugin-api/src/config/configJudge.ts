/**
 * What can be found in a config before anything is made, and no schema can say: because it takes another key, a service that
 * was added, or code that reads the value for good. A start asks it beside the schemas, and so does whoever judges a config
 * without starting, so that both say the same.
 */
import type { AddedPartsService } from '../services/addedPartsService.ts';
import type { RuntimeModeService } from '../services/runtimeModeService.ts';
import type { Config } from './config.ts';
import type { ConfigProblem } from './configProblem.ts';

/** What a judge goes by. @public */
export interface ConfigJudgeContext {
  /** May be wrong in any way, which the schemas say. */
  readonly config: Config;
  readonly runtimeMode: RuntimeModeService;
  /** The plugins of the backend. */
  readonly pluginIds: readonly string[];
  /**
   * Whether it is judged where it would start: then what the config names on this machine, such as a file of a key, is looked
   * at too. Elsewhere nobody knows.
   */
  readonly isOnSite: boolean;
  /** See `AddedPartsService`. */
  readonly isAdded: AddedPartsService['isAdded'];
  /**
   * The services of a list that stand on nothing, or on the config alone: no other can be made yet. `ref`: a
   * service reference.
   */
  valuesOf<T>(ref: { readonly id: string; readonly T: T }): Promise<readonly T[]>;
}

/** A part that the backend starts without, for a fault of the config. @public */
export interface DisabledPart {
  /** As people call it, for example `sign-in provider 'acme'`. */
  readonly name: string;
  readonly problems: readonly ConfigProblem[];
}

/** What a judge finds. @public */
export interface ConfigJudgeFindings {
  /** What stops the start. */
  readonly problems?: readonly ConfigProblem[];
  readonly disabled?: readonly DisabledPart[];
  /** What the part that judges also tells when it starts. */
  readonly warnings?: readonly ConfigProblem[];
  /** What it tells then of what the config comes to: one line each. */
  readonly notes?: readonly string[];
}

/** Looks at a config, and on site at the files that it names; makes and calls nothing. @public */
export type ConfigJudge = (context: ConfigJudgeContext) => ConfigJudgeFindings | Promise<ConfigJudgeFindings>;
