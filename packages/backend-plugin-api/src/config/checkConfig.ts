/** Checks the config against the schemas of all features at once, so that every problem is reported together. */
import type { Config } from './config.ts';
import type { OwnedConfigSchema } from './configSchema.ts';
import { formatConfigPath, parseConfigKey, readAt } from './configPath.ts';
import type { ConfigProblem } from './configProblem.ts';
import { describe, openNode, type SchemaNode } from './schemaNodes.ts';
import { findUnknownKeys } from './unknownKeys.ts';
import { indexSecrets, locate, validateConfig, withLocation } from './valueProblems.ts';

/** Options of {@link checkConfig}. @public */
export interface CheckConfigOptions {
  config: Config;
  /** The key that every schema describes, dotted, also with indexes: `a.b[0]`. Default: the whole config. */
  path?: string;
  schemas: readonly OwnedConfigSchema[];
  /** Whether what is refused only in production is looked for too. Default `false`. */
  isProduction?: boolean;
}

/**
 * Every problem that the schemas have with the config; an empty list when it is right.
 *
 * Values are validated by each schema. A key is unknown when some schema describes its object by `properties`, none
 * opens it by `additionalProperties`, and none knows the key. The root object of the whole config is never closed: other
 * roots belong to others. Messages quote no value that a schema marks as secret.
 *
 * @example
 * ```ts
 * const problems = checkConfig({ config, schemas: [{ schema: z.object({ acme: acmeSchema }), owner: "plugin 'acme'" }] });
 * if (problems.length > 0) throw new ConfigError(problems);
 * ```
 * @public
 */
export function checkConfig({ config, path, schemas, isProduction }: CheckConfigOptions): ConfigProblem[] {
  const start = parseConfigKey(path);
  const value: unknown = readAt(config, path);
  const problems: ConfigProblem[] = [];
  const nodes: SchemaNode[] = [];
  const undescribed = new Set<OwnedConfigSchema>();

  for (const owned of schemas) {
    try {
      const node = describe(owned.schema);
      if (!node) undescribed.add(owned);
      nodes.push(node ?? openNode);
    } catch (error) {
      undescribed.add(owned);
      nodes.push(openNode);
      const reason = error instanceof Error ? error.message : String(error);
      problems.push({
        code: 'ERR_CONFIG_SCHEMA_UNDESCRIBED',
        path: formatConfigPath(start),
        message: `the config schema of ${owned.owner} cannot be given as JSON Schema: ${reason}`,
        owner: owned.owner,
      });
    }
  }

  const secrets = indexSecrets(value, nodes, start);
  for (const owned of schemas) {
    const verdict = validateConfig(owned, config, path, undescribed.has(owned) ? undefined : secrets);
    problems.push(...(verdict.problems ?? []));
    if (isProduction) problems.push(...(owned.schema.problemsInProduction?.(config) ?? []));
  }
  const unknown = findUnknownKeys(value, nodes, start);
  const objects = new Set(unknown.map(({ path: at }) => formatConfigPath(at.slice(0, -1))));
  // Zod's word for a strict object says less, at the object instead of the key.
  const said = problems.filter(
    ({ path: at, message }) => !(objects.has(at) && /: unrecognized keys?: /i.test(message)),
  );
  problems.splice(0, problems.length, ...said);
  for (const { path: at, suggestion } of unknown) {
    const name = formatConfigPath(at);
    const problem = {
      code: 'ERR_CONFIG_UNKNOWN_KEY',
      path: name,
      message: `${name} is not a known key`,
      suggestion,
    } as const;
    problems.push(withLocation(problem, locate(config, at, 'key')));
  }
  return withoutRepeats(problems);
}

/** Two schemas that ask for the same find the same. */
function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path, message }) => {
    const key = `${code} ${path} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
