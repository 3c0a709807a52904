/**
 * What the command itself says of a start: that the backend is ready, or why it is not. Where the log is JSON, these are lines
 * of it, so that nobody who reads the log by machine misses them.
 */
import type { BackendStartupError, StartupProblem } from '@vestibule/backend-core';
import { createRootLogger } from '@vestibule/backend-defaults';
import {
  asObject,
  credentialsIn,
  formatConfigLocation,
  type Config,
  type JsonObject,
  type LoggerService,
} from '@vestibule/backend-plugin-api';

/** What is known of the start. */
interface Seen {
  readonly config: Config | undefined;
  readonly isProduction: boolean;
}

/** How the command reports. */
export interface Reporting {
  /** Whether its reports are lines of the log. */
  readonly isJson: boolean;
  /** Whether a failure is printed for people, too. */
  readonly isText: boolean;
}

/**
 * JSON where the config asks for it, and in production where nobody sits at a terminal. In the latter case a failure stands on
 * the error stream for people, too: whoever asked for JSON gets nothing else.
 */
export function reportingOf({ config, isProduction }: Seen, isTerminal: boolean): Reporting {
  const { logger } = asObject(config?.getOptional('backend'));
  const { format } = asObject(logger);
  if (format === 'json') return { isJson: true, isText: false };
  return { isJson: format !== 'text' && isProduction && !isTerminal, isText: true };
}

/** A line for each problem, and one that there are any. */
export function logFailure(error: BackendStartupError, { config }: Pick<Seen, 'config'>): void {
  const logger = failureLogger(config);
  const [first = 'Could not start'] = error.message.split('\n');
  logger.error(first, { code: error.code, problems: error.problems.length });
  for (const problem of error.problems) logger.error(problem.message, fieldsOf(problem));
}

/** The log of a backend that came to none of its own. */
export function failureLogger(config: Config | undefined): LoggerService {
  const values = config?.getOptional<JsonObject>();
  const logger = createRootLogger({ format: 'json', ...(values && { config: values }) });
  if (values) logger.addRedactions(credentialsIn(values));
  return logger;
}

function fieldsOf({ code, path, location, hint, paths, stopped }: StartupProblem): JsonObject {
  return {
    problem: code,
    ...(path !== undefined && { key: path }),
    ...(location && { place: formatConfigLocation(location) }),
    ...(hint !== undefined && { hint }),
    ...(paths.length > 0 && { paths: [...paths] }),
    ...(stopped.length > 0 && { stopped: [...stopped] }),
  };
}
