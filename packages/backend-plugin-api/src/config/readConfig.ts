/** Reads one part of the config as a schema types it. */
import type { Config } from './config.ts';
import type { ConfigOf, ConfigSchema } from './configSchema.ts';
import { parseConfigKey, readAt } from './configPath.ts';
import { ConfigError } from './configProblem.ts';
import { describe, type SchemaNode } from './schemaNodes.ts';
import { indexSecrets, validateConfig } from './valueProblems.ts';

/**
 * The value at `path`, validated and with the schema's defaults filled in. Unknown keys are left to `checkConfig`, which
 * sees the schemas of all who share an object.
 *
 * @param options - `path`: dotted, also with indexes (`a.b[0]`); default the whole config. `owner`: for messages, default the path.
 * @throws `ERR_CONFIG_INVALID` ({@link ConfigError}) that lists every problem.
 * @example
 * ```ts
 * const { timeoutSeconds } = readConfig({ config, path: 'acme', schema: z.object({ timeoutSeconds: z.number().default(10) }) });
 * ```
 * @public
 */
export function readConfig<TSchema extends ConfigSchema>(options: {
  config: Config;
  path?: string;
  schema: TSchema;
  owner?: string;
}): ConfigOf<TSchema> {
  const { config, path, schema, owner = path ? `'${path}'` : 'the config' } = options;
  const node = descriptionOf(schema);
  const secrets = node && indexSecrets(readAt(config, path), [node], parseConfigKey(path));
  const verdict = validateConfig({ schema, owner }, config, path, secrets);
  if (verdict.problems) throw new ConfigError(verdict.problems);
  return verdict.value;
}

/** A schema that cannot describe itself is reported by `checkConfig`; here it only means that nothing is quoted. */
function descriptionOf(schema: ConfigSchema): SchemaNode | undefined {
  try {
    return describe(schema);
  } catch {
    return undefined;
  }
}
