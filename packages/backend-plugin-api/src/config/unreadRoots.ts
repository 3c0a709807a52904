/** Parts of the config that nothing installed reads, as far as schemas tell: named once, so that nobody waits for their effect. */
import { nearestName } from './nearestName.ts';
import type { Config } from './config.ts';
import type { ConfigProblem } from './configProblem.ts';
import { configProblemAt } from './configProblem.ts';
import type { OwnedConfigSchema } from './configSchema.ts';
import { asObject } from './isObject.ts';
import { flatten } from './schemaNodes.ts';
import { describeAll } from './secretValues.ts';

/**
 * One warning for the keys at the root of the config that no schema describes; `undefined` where there is none. What a part
 * reads without a schema nobody knows.
 *
 * @param options - `pluginIds`: of the plugins, each of which may read a key of its own name.
 * @public
 */
export function unreadRoots(options: {
  config: Config;
  schemas: readonly OwnedConfigSchema[];
  pluginIds: readonly string[];
}): ConfigProblem | undefined {
  const { config, schemas, pluginIds } = options;
  const described = describeAll(schemas)
    .flatMap((node) => flatten(node))
    .flatMap(({ schema }) => Object.keys(asObject(schema['properties'])));
  const known = [...new Set([...described, ...pluginIds])];
  const unread = Object.keys(asObject(config.getOptional<unknown>())).filter((key) => !known.includes(key));
  const [first] = unread;
  if (first === undefined) return undefined;
  const meant = unread.flatMap((key) => {
    const near = nearestName(key, known);
    return near === undefined ? [] : [`Did you mean '${near}' by '${key}'?`];
  });
  const isOne = unread.length === 1;
  return configProblemAt(config, [first], {
    code: 'ERR_CONFIG_UNKNOWN_KEY',
    message: `${list(unread)} in the config ${isOne ? 'has' : 'have'} no effect that is known: nothing that is installed says that it reads ${isOne ? 'it' : 'them'}`,
    suggestion: meant.length > 0 ? meant.join(' ') : undefined,
    at: 'key',
  });
}

function list(keys: readonly string[]): string {
  return keys.length === 1 ? keys.join('') : `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}`;
}
