/** Values of the config that may change while the process lives: those that files give, read again when the file changes. */
import type { Config, JsonValue } from './config.ts';

/** Config that is told which of its values somebody follows; others take effect at the next start. @public */
export interface FollowedConfig extends Config {
  /** @param path - As in errors, for example `auth.session.secret`; all that is below it counts. */
  noteFollowed?(path: string): void;
}

/**
 * Follows a value. `onChange` runs whenever the value at the path, or something below it, is another; what it throws, it has to
 * log itself. On a host whose config never changes it never runs.
 *
 * @param options - `path`: dotted, without indexes.
 * @returns what ends it.
 * @example
 * ```ts
 * followConfig({ config, path: 'acme.token', onChange: (token) => client.use(token) });
 * ```
 * @public
 */
export function followConfig(options: {
  config: Config;
  path: string;
  onChange: (value: JsonValue | undefined) => void;
}): () => void {
  const { config, path, onChange } = options;
  (config as FollowedConfig).noteFollowed?.(path);
  let last = JSON.stringify(config.getOptional(path));
  const subscription = config.subscribe?.(() => {
    const value = config.getOptional(path);
    const text = JSON.stringify(value);
    if (text === last) return;
    last = text;
    onChange(value);
  });
  return () => subscription?.unsubscribe();
}
