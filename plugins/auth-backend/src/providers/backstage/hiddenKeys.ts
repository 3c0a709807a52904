/** A part of the config without some of its keys: what is ours to honour is not for a hosted Backstage module to judge. */
import { isObject, type Config } from '@vestibule/backend-plugin-api';

/**
 * The same config, in which these dotted paths and what is under them are not there.
 *
 * @param hidden - For example `development.signIn`.
 */
export function withoutPaths(config: Config, hidden: readonly string[]): Config {
  if (hidden.length === 0) return config;
  const isHidden = (key: string) => hidden.some((path) => key === path || key.startsWith(`${path}.`));
  const under = (key: string) =>
    hidden.filter((path) => path.startsWith(`${key}.`)).map((path) => path.slice(key.length + 1));
  const values = (key: string | undefined, value: unknown) =>
    omit(value, key === undefined ? hidden : under(key));
  const replaced: Partial<Config> = {
    keys: () => config.keys().filter((key) => !isHidden(key)),
    has: (key) => !isHidden(key) && config.has(key),
    get: <T>(key?: string) => values(key, config.get(key)) as T,
    getOptional: <T>(key?: string) =>
      (key !== undefined && isHidden(key) ? undefined : values(key, config.getOptional(key))) as
        T | undefined,
    getConfig: (key) => withoutPaths(config.getConfig(key), under(key)),
    getOptionalConfig(key) {
      const child = isHidden(key) ? undefined : config.getOptionalConfig(key);
      return child && withoutPaths(child, under(key));
    },
  };
  return new Proxy(config, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name) as unknown;
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!String(name).startsWith('getOptional')) return member.bind(target) as unknown;
      return (key: string) => (isHidden(key) ? undefined : (member.call(target, key) as unknown));
    },
  });
}

function omit(value: unknown, hidden: readonly string[]): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !hidden.includes(key))
      .map(([key, inner]) => [
        key,
        omit(
          inner,
          hidden.filter((path) => path.startsWith(`${key}.`)).map((path) => path.slice(key.length + 1)),
        ),
      ]),
  );
}
