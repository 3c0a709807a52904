/**
 * The errors of the boot. One start-up throws one error; what went wrong stands in its list of problems, each with a
 * code of its own from {@link bootErrorCodes}.
 */
import { CodedError, type ConfigProblem, type ErrorCode } from '@vestibule/backend-plugin-api';
import { formatProblems } from './problems/formatProblems.ts';
import type { StartupProblem } from './problems/startupProblem.ts';
import type { StartupResult } from './boot/startupResult.ts';

/** Every code of this package, with what it means. Problems found in config keep the codes of the config checker. @public */
export const bootErrorCodes = {
  ERR_BACKEND_STARTUP: 'The backend could not start; `problems` says why and everything is freed again.',
  ERR_BACKEND_ALREADY_STARTED: 'A feature was added, or the backend started, after start() or stop().',
  ERR_LIFECYCLE_PHASE_OVER: 'A lifecycle hook was added after its phase had begun.',
  ERR_STARTUP_TIMEOUT: 'A part of the start-up did not finish before its deadline.',
  ERR_FEATURE_INVALID: 'What was added to the backend is not a feature.',
  ERR_FEATURE_LOAD_FAILED: 'A promise of a feature, often an import(), was rejected.',
  ERR_FEATURE_REGISTER_FAILED: 'The register() of a plugin or module threw.',
  ERR_FEATURE_LOADER_FAILED: 'A feature loader threw.',
  ERR_PLUGIN_DUPLICATE: 'Two plugins have the same id.',
  ERR_PLUGIN_FAILED: 'The init of a plugin threw.',
  ERR_MODULE_DUPLICATE: 'Two modules of one plugin have the same id.',
  ERR_MODULE_ORPHAN: 'A module extends a plugin that is not installed.',
  ERR_MODULE_CYCLE: 'Modules of one plugin wait for one another through their extension points.',
  ERR_MODULE_FAILED: 'The init of a module threw.',
  ERR_MODULE_REJECTED: 'The plugin reported a failure of a module through an extension point.',
  ERR_EXTENSION_POINT_DUPLICATE: 'An extension point is offered twice.',
  ERR_EXTENSION_POINT_MISSING: 'Nobody offers the extension point that a module uses.',
  ERR_EXTENSION_POINT_FOREIGN: 'A module uses an extension point of a plugin that it does not extend.',
  ERR_EXTENSION_POINT_IN_PLUGIN:
    "A plugin's init, or a service, depends on an extension point; only modules may.",
  ERR_SERVICE_MISSING: 'A service that is depended on is not registered.',
  ERR_SERVICE_CYCLE: 'Services depend on one another in a circle.',
  ERR_SERVICE_SCOPE: 'Something that exists once for the backend depends on a service of a plugin.',
  ERR_SERVICE_DUPLICATE: 'Two factories were added for one service.',
  ERR_SERVICE_NOT_REPLACEABLE: 'A factory was added for a service that belongs to the boot.',
  ERR_SERVICE_ALREADY_MADE: 'A feature loader brought a factory for a service that is already in use.',
  ERR_SERVICE_DEFAULT_FAILED: 'A service reference could not give its default factory.',
  ERR_SERVICE_DECORATOR_DUPLICATE: 'One decorator was added twice.',
  ERR_SERVICE_DECORATOR_FAILED: 'The decorate of a service decorator threw.',
  ERR_SERVICE_FACTORY_FAILED: 'The factory of a service threw.',
  ERR_SERVICE_ROOT_CONTEXT_FAILED: 'The createRootContext of a service factory threw.',
} as const satisfies Record<ErrorCode, string>;

/** A code of {@link bootErrorCodes}. @public */
export type BootErrorCode = keyof typeof bootErrorCodes;

/** The backend, or a part of the boot, was used wrongly. @public */
export class BackendUsageError extends CodedError {
  override readonly name = 'BackendUsageError';

  constructor(code: BootErrorCode, message: string) {
    super(code, message);
  }
}

/**
 * The backend could not start. The message lists every problem with its path; everything that was started has been
 * stopped again when this is thrown.
 *
 * @public
 */
export class BackendStartupError extends CodedError {
  override readonly name = 'BackendStartupError';
  /** What went wrong, each failure once. */
  declare readonly problems: readonly StartupProblem[];
  /** How far each plugin and module came. */
  declare readonly result: StartupResult;

  constructor(
    problems: readonly StartupProblem[],
    result: StartupResult,
    notes: readonly ConfigProblem[] = [],
  ) {
    super('ERR_BACKEND_STARTUP', formatProblems(problems, notes), {
      cause: problems.find((problem) => problem.cause !== undefined)?.cause,
    });
    // Not enumerable: an error that nobody catches is printed with its own fields, and the message says it all.
    Object.defineProperties(this, { problems: { value: problems }, result: { value: result } });
  }
}
