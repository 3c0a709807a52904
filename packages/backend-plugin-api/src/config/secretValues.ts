/** Which values of the config are secret, by the schemas' `visibility: 'secret'`. */
import type { Config } from './config.ts';
import type { OwnedConfigSchema } from './configSchema.ts';
import { formatConfigPath, parseConfigKey, readAt, type ConfigPath } from './configPath.ts';
import { childNodes, describe, flatten, isSecret, type SchemaNode } from './schemaNodes.ts';

/** Options of {@link secretValues}. @public */
export interface SecretValuesOptions {
  config: Config;
  /** The key that the schemas describe, dotted. Default: the whole config. */
  path?: string;
  schemas: readonly OwnedConfigSchema[];
}

/**
 * The strings and numbers, as text, that any of the schemas marks with `visibility: 'secret'`, for redaction in logs.
 * A mark on an object or a list counts for all below it. Schemas that do not describe themselves are passed over, and so
 * are values that are the name of a secret's key, as in `secret: secret`: nothing is kept by hiding them, and every
 * message that names the key would be torn.
 *
 * @public
 */
export function secretValues({ config, path, schemas }: SecretValuesOptions): Set<string> {
  const found = new Set<string>();
  const keys = new Set<string>();
  visitSecrets(readAt(config, path), describeAll(schemas), [], (at, value) => {
    found.add(value);
    keys.add(String(at.at(-1)));
  });
  for (const key of keys) found.delete(key);
  return found;
}

/** The keys that hold such values, as users write them: `auth.providers.oidc.clientSecret`. @public */
export function secretPaths({ config, path, schemas }: SecretValuesOptions): string[] {
  const found: string[] = [];
  const visit = (at: ConfigPath) => found.push(formatConfigPath(at));
  visitSecrets(readAt(config, path), describeAll(schemas), parseConfigKey(path), visit);
  return found;
}

/**
 * Calls `visit` for each string or number at or below a secret mark. Every member of a union may mark, with one exception:
 * where an object stands, the mark of a member that is text does not hide all that the object has, as in a database's
 * `connection`, which is either a URL with a password or an object with a `host` to talk about.
 */
export function visitSecrets(
  value: unknown,
  nodes: readonly SchemaNode[],
  path: ConfigPath,
  visit: (path: ConfigPath, value: string) => void,
  isBelowMark = false,
): void {
  const flat = nodes.flatMap((node) => flatten(node));
  const meant = typeof value === 'object' ? nodes.flatMap((node) => flatten(node, value)) : flat;
  const secret = isBelowMark || isSecret(meant);
  if (Array.isArray(value)) {
    value.forEach((item, index) =>
      visitSecrets(item, childNodes(flat, index), [...path, index], visit, secret),
    );
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      visitSecrets(member, childNodes(flat, key), [...path, key], visit, secret);
    }
  } else if (secret && (typeof value === 'string' || typeof value === 'number') && value !== '') {
    visit(path, String(value));
  }
}

/** The nodes of schemas, but for those that do not describe themselves. */
export function describeAll(schemas: readonly OwnedConfigSchema[]): SchemaNode[] {
  return schemas.flatMap(({ schema }) => {
    try {
      return describe(schema) ?? [];
    } catch {
      return []; // checkConfig reports it
    }
  });
}
