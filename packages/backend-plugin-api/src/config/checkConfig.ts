/** Checks the config against the schemas of all features at once, so that every problem is reported together. */
import type { Config } from './config.ts';
import type { OwnedConfigSchema } from './configSchema.ts';
import { formatConfigPath, parseConfigKey, readAt } from './configPath.ts';
import type { ConfigFindings, ConfigProblem } from './configProblem.ts';
import { describe, openNode, type SchemaNode } from './schemaNodes.ts';
import { describeAll } from './secretValues.ts';
import { findUnknownKeys, type UnknownKey } from './unknownKeys.ts';
import { indexSecrets, locate, validateConfig, withLocation } from './valueProblems.ts';

/** Options of {@link checkConfig}. @public */
export interface CheckConfigOptions {
  config: Config;
  /** The key that every schema describes, dotted, also with indexes: `a.b[0]`. Default: the whole config. */
  path?: string;
  schemas: readonly OwnedConfigSchema[];
  /** Schemas of the whole config, whose keys are ours elsewhere: one that stands where `schemas` do not know it is misplaced. */
  elsewhere?: readonly OwnedConfigSchema[];
  /** Whether what is refused only in production is looked for too. Default `false`. */
  isProduction?: boolean;
}

/**
 * What the schemas find in the config: what refuses it, and what is only told. Both lists are empty when it is right.
 *
 * Values are validated by each schema, texts as what is asked for (see `convertTexts`). A key is unknown when some schema
 * describes its object by `properties`, none opens it by `additionalProperties`, and none knows the key. The root object of
 * the whole config is never closed: other roots belong to others. Messages quote no value that a schema marks as secret.
 *
 * An unknown key is a problem where it resembles one of ours: it is misspelt, or is ours at another level. Any other belongs
 * to somebody else and is a warning; what is below it is not looked at. In an object that says
 * `unevaluatedProperties: false`, as whatever decides who comes in should, every unknown key is a problem, and its keys are
 * recognised wherever they stand. A key whose schema says `replacedBy: 'name'` is a warning that names the newer one. One whose
 * schema says `readBy: 'package'` is for another feature of that package to describe; where none does, it is a warning that
 * names the package.
 *
 * @example
 * ```ts
 * const { problems, warnings } = checkConfig({ config, schemas: [{ schema: z.object({ acme: acmeSchema }), owner: "plugin 'acme'" }] });
 * if (problems.length > 0) throw new ConfigError(problems);
 * for (const warning of warnings) logger.warn(configProblemLine(warning));
 * ```
 * @public
 */
export function checkConfig({
  config,
  path,
  schemas,
  elsewhere = [],
  isProduction,
}: CheckConfigOptions): ConfigFindings {
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
  const unknown = findUnknownKeys(value, nodes, start, describeAll(elsewhere));
  const objects = new Set(unknown.map(({ path: at }) => formatConfigPath(at.slice(0, -1))));
  // Zod's word for a strict object says less, at the object instead of the key.
  const said = problems.filter(
    ({ path: at, message }) => !(objects.has(at) && /: unrecognized keys?: /i.test(message)),
  );
  const keys = unknown.map((key) => ({ isOurs: key.kind === 'ours', problem: problemOf(key, config) }));
  return {
    problems: withoutRepeats([...said, ...keys.flatMap((key) => (key.isOurs ? key.problem : []))]),
    warnings: withoutRepeats(keys.flatMap((key) => (key.isOurs ? [] : key.problem))),
  };
}

const verdicts: Readonly<Record<UnknownKey['kind'], string>> = {
  ours: 'is not a known key',
  foreign: 'is no key of ours, and is left to whoever reads it',
  replaced: 'has no effect: another key has replaced it',
  unread: 'has no effect: nothing that is installed reads it',
};

function problemOf({ path, kind, suggestion }: UnknownKey, config: Config): ConfigProblem {
  const name = formatConfigPath(path);
  const problem = {
    code: 'ERR_CONFIG_UNKNOWN_KEY',
    path: name,
    message: `${name} ${verdicts[kind]}`,
    ...(suggestion !== undefined && { suggestion }),
  } as const;
  return withLocation(problem, locate(config, path, 'key'));
}

/** Two schemas that ask for the same find the same. */
function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, path, message }) => {
    const key = `${code} ${path} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
