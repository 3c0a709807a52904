/**
 * Roots of the config that nothing installed reads, as far as schemas tell. A config that a front end or other backends share has
 * many of them, so they are told in one quiet line; one that misspells a root of ours is warned about.
 */
import type { Config } from './config.ts';
import type { ConfigProblem } from './configProblem.ts';
import { configProblemAt } from './configProblem.ts';
import type { OwnedConfigSchema } from './configSchema.ts';
import { asObject } from './isObject.ts';
import { flatten } from './schemaNodes.ts';
import { describeAll } from './secretValues.ts';
import { guessOf } from './unknownKeys.ts';

/**
 * What a part reads without a schema nobody knows.
 *
 * @param options - `pluginIds`: of the plugins, each of which may read a key of its own name.
 * @returns `misspelt`: a warning for each that resembles a known one; `note`: one line that names
 * the others.
 * @public
 */
export function unreadRoots(options: {
  config: Config;
  schemas: readonly OwnedConfigSchema[];
  pluginIds: readonly string[];
}): { misspelt: ConfigProblem[]; note?: string } {
  const { config, schemas, pluginIds } = options;
  const described = describeAll(schemas)
    .flatMap((node) => flatten(node))
    .flatMap(({ schema }) => Object.keys(asObject(schema['properties'])));
  const known = new Set([...described, ...pluginIds]);
  const unread = Object.keys(asObject(config.getOptional<unknown>())).filter((key) => !known.has(key));
  const misspelt: ConfigProblem[] = [];
  const others: string[] = [];
  for (const key of unread) {
    const meant = guessOf(key, known);
    if (meant === undefined) others.push(key);
    else misspelt.push(misspeltRoot(config, key, meant));
  }
  if (others.length === 0) return { misspelt };
  return {
    misspelt,
    note: `of the config, nothing that is installed says that it reads ${list(others)}; a front end or another backend may`,
  };
}

function misspeltRoot(config: Config, key: string, meant: string): ConfigProblem {
  return configProblemAt(config, [key], {
    code: 'ERR_CONFIG_UNKNOWN_KEY',
    message: `${key} has no effect that is known: nothing that is installed says that it reads it`,
    suggestion: `Did you mean '${meant}'?`,
    at: 'key',
  });
}

function list(keys: readonly string[]): string {
  return keys.length === 1 ? keys.join('') : `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}`;
}
