/** Puts a judge beside a schema. */
import type { ConfigJudge, ConfigJudgeFindings } from './configJudge.ts';
import { withoutMethods, type ConfigSchema } from './configSchema.ts';

/**
 * A schema with a judge beside it. Several judges are all asked.
 *
 * @example
 * ```ts
 * const configSchema = withConfigJudge(acmeConfigSchema, ({ config }) => ({ problems: faultsOfRoutes(config) }));
 * ```
 * @public
 */
export function withConfigJudge<TOutput>(
  schema: ConfigSchema<TOutput>,
  judge: ConfigJudge,
): ConfigSchema<TOutput> {
  const { judge: other } = schema;
  return {
    ...withoutMethods(schema),
    judge: other ? async (context) => joined(await Promise.all([other(context), judge(context)])) : judge,
  };
}

/** The findings of several judges. */
function joined(all: readonly ConfigJudgeFindings[]): ConfigJudgeFindings {
  return {
    problems: all.flatMap(({ problems = [] }) => problems),
    disabled: all.flatMap(({ disabled = [] }) => disabled),
    warnings: all.flatMap(({ warnings = [] }) => warnings),
    notes: all.flatMap(({ notes = [] }) => notes),
  };
}
