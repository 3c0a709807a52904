/** What is wrong with a config, and how it is printed. */
import { knowEveryCopy } from '../knowEveryCopy.ts';
import { CodedError, type CodedErrorOptions, type ErrorCode } from '../errors/errors.ts';
import { isLocatedConfig, type Config, type ConfigLocation } from './config.ts';
import { formatConfigPath, parseConfigKey } from './configPath.ts';

/** One thing that is wrong with the config. @public */
export interface ConfigProblem {
  /**
   * `ERR_CONFIG_VALUE_INVALID`, `ERR_CONFIG_VALUE_MISSING`, `ERR_CONFIG_UNKNOWN_KEY`; `ERR_CONFIG_SCHEMA_ASYNC` and
   * `ERR_CONFIG_SCHEMA_UNDESCRIBED` blame the schema itself. The loader adds its own, see `core.rootConfig`.
   */
  readonly code: ErrorCode;
  /** The key as users write it, for example `auth.providers.oidc[0].clientId`. Empty for the whole config. */
  readonly path: string;
  /** One sentence that names the key. Holds no value that a schema marks as secret. */
  readonly message: string;
  /** Where the value stands; for a missing one, where the nearest enclosing value stands. */
  readonly location?: ConfigLocation;
  /** The next step, as a sentence. */
  readonly suggestion?: string;
  /** Whose schema found it. */
  readonly owner?: string;
  /**
   * Something that is added while the backend starts may mend it, for example a module that brings the name: a start does
   * not refuse for it before everything was added, and then looks again.
   */
  readonly isProvisional?: true;
  /**
   * Of one that is provisional: the id of the extension point or the service by which it may be mended. Where nothing that is
   * installed uses that, the problem is certain.
   */
  readonly mendableBy?: string;
}

/**
 * A problem with its key and, where the config knows it, its place.
 *
 * @param path - Of the value, dotted also with indexes (`a.b[0]`) or in steps.
 * @param options - `code`: default `ERR_CONFIG_VALUE_INVALID`. `what`: follows the key in the message; `message` replaces both.
 *   `at`: with `key`, the place of the value's key instead of the value.
 * @example
 * ```ts
 * configProblemAt(config, 'acme.domain', { what: 'has no dot', suggestion: 'Write all of it, such as acme.example.' });
 * ```
 * @public
 */
export function configProblemAt(
  config: Config,
  path: string | readonly (string | number)[],
  options: { code?: ErrorCode; at?: 'key'; suggestion?: string | undefined } & (
    { what: string; message?: undefined } | { message: string; what?: undefined }
  ),
): ConfigProblem {
  const steps = typeof path === 'string' ? parseConfigKey(path) : path;
  const name = formatConfigPath(steps);
  const { code = 'ERR_CONFIG_VALUE_INVALID', at, suggestion, what, message = `${name} ${what}` } = options;
  const location = isLocatedConfig(config) ? config.locate(steps, at) : undefined;
  return {
    code,
    path: name,
    message,
    ...(location && { location }),
    ...(suggestion !== undefined && { suggestion }),
  };
}

/** What is found in a config: `problems` refuse it, `warnings` are told, and the start goes on. @public */
export interface ConfigFindings {
  readonly problems: readonly ConfigProblem[];
  /** Keys that belong to somebody else, and keys that others have replaced. Their code is `ERR_CONFIG_UNKNOWN_KEY`. */
  readonly warnings: readonly ConfigProblem[];
}

/**
 * The config cannot be used. Its message lists every problem; `problems` has them one by one.
 *
 * Code: `ERR_CONFIG_INVALID`.
 *
 * @public
 */
export class ConfigError extends CodedError {
  static {
    knowEveryCopy(this, 'ConfigError');
  }

  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  /** What could be read of a config that cannot be used, so that the faults of the rest are reported in the same go. */
  readonly rest?: ConfigRest;

  constructor(
    problems: readonly ConfigProblem[],
    { rest, ...options }: CodedErrorOptions & { rest?: ConfigRest } = {},
  ) {
    const lines = problems.map((problem) => `  ${formatConfigProblem(problem).replaceAll('\n', '\n  ')}`);
    super('ERR_CONFIG_INVALID', `the config has ${count(problems.length)}\n${lines.join('\n')}`, options);
    this.problems = problems;
    if (rest) this.rest = rest;
  }
}

/** A config that lacks what could not be read. For looking at only. @public */
export interface ConfigRest {
  readonly config: Config;
  /** The keys whose values are not there for that reason; the empty text where it may be any. */
  readonly unread: readonly string[];
}

/**
 * Whether a problem is but a consequence of what could not be read, and was reported for that: it is about such a value, a
 * part of it, or what it is a part of and is judged as a whole.
 *
 * @param unread - The keys whose values are not there, see {@link ConfigRest}.
 * @public
 */
export function followsFromGap(
  unread: readonly string[],
  { code, path }: Pick<ConfigProblem, 'code' | 'path'>,
): boolean {
  return unread.some((at) => {
    if (at === '') return code.endsWith('_MISSING');
    return isWithin(path, at) || (path !== '' && code !== 'ERR_CONFIG_UNKNOWN_KEY' && isWithin(at, path));
  });
}

function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}

/**
 * A problem as it is printed: the message with its place, and the suggestion on a second, indented line.
 *
 * @example
 * ```
 * backend.baseUl is not a known key (app-config.yaml:4:3)
 *   Did you mean 'baseUrl'?
 * ```
 * @public
 */
export function formatConfigProblem({ message, location, suggestion }: ConfigProblem): string {
  const place = location ? ` (${formatConfigLocation(location)})` : '';
  return `${message}${place}${suggestion ? `\n  ${suggestion}` : ''}`;
}

/** The same on one line, for a log, which escapes line breaks. @public */
export function configProblemLine(problem: ConfigProblem): string {
  return formatConfigProblem(problem).replace(/\s*\n\s*/g, '. ');
}

/** `file:line:column`, or the name alone where the value came from no file. @public */
export function formatConfigLocation({ file, line, column }: ConfigLocation): string {
  return line > 0 ? `${file}:${line}:${column}` : file;
}

function count(problems: number): string {
  return problems === 1 ? '1 problem' : `${problems} problems`;
}
