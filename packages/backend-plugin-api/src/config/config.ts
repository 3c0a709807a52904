/** Reading config: Backstage's interface, so that its modules can read ours. */

/** A value as JSON has it. @public */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object as JSON has it. @public */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/**
 * Read access to a part of the config. Keys are dot-separated paths. The plain getters throw when the value is
 * missing or has another type; the optional ones return `undefined` when it is missing.
 *
 * @public
 */
export interface Config {
  /** Tells an application that the config changed. Absent where config cannot change. */
  subscribe?(onChange: () => void): { unsubscribe: () => void };
  has(key: string): boolean;
  keys(): string[];
  get<T = JsonValue>(key?: string): T;
  getOptional<T = JsonValue>(key?: string): T | undefined;
  getConfig(key: string): Config;
  getOptionalConfig(key: string): Config | undefined;
  getConfigArray(key: string): Config[];
  getOptionalConfigArray(key: string): Config[] | undefined;
  getNumber(key: string): number;
  getOptionalNumber(key: string): number | undefined;
  getBoolean(key: string): boolean;
  getOptionalBoolean(key: string): boolean | undefined;
  getString(key: string): string;
  getOptionalString(key: string): string | undefined;
  getStringArray(key: string): string[];
  getOptionalStringArray(key: string): string[] | undefined;
}

/** Where a value stands. Lines and columns count from 1; both are 0 for an environment variable. @public */
export interface ConfigLocation {
  /** As the file was named when it was read, for example `app-config.yaml` or `$APP_CONFIG_auth_environment`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Config that knows where its values stand. A Backstage host's config does not. @public */
export interface LocatedConfig extends Config {
  /**
   * The place of a value, or of the nearest enclosing one; `undefined` for what came from no file.
   *
   * @param part - `key`: the place of the value's key instead, where it has one. Default `value`.
   */
  locate(path: readonly (string | number)[], part?: 'key' | 'value'): ConfigLocation | undefined;
  /**
   * What gave a value that no file holds itself: `the environment variable ALLOW`, `the file allow.txt`. `undefined` for
   * what stands in a file as it is, and for what is no text, number or boolean.
   */
  sourceOf?(path: readonly (string | number)[]): string | undefined;
  /** Values that are absent because an environment variable is not set. */
  readonly unsetVariables?: readonly UnsetVariable[];
}

/** A variable that is not set, and the value that is absent therefore. @public */
export interface UnsetVariable {
  readonly name: string;
  /** As in errors, for example `auth.session.secret`. */
  readonly path: string;
  readonly location?: ConfigLocation;
}

/** Whether config knows where its values stand. @public */
export function isLocatedConfig(config: Config): config is LocatedConfig {
  return typeof (config as Partial<LocatedConfig>).locate === 'function';
}

/** The service `core.rootConfig`: the whole config. @public */
export type RootConfigService = Config;
