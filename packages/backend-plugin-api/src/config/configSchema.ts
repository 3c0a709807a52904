/**
 * What a plugin, module or provider tells about its config: a Standard Schema (https://standardschema.dev), so that
 * any schema library will do and this package needs none.
 *
 * Where the schema also gives its JSON Schema (zod 4.2 and later do), unknown keys are found and the nearest right name
 * is suggested: an object with `properties` and without `additionalProperties` is closed. The keyword
 * `visibility: 'secret'` marks values that must never reach a log.
 */
import type { Config } from './config.ts';
import type { ConfigJudge, ConfigJudgeContext } from './configJudge.ts';
import type { ConfigProblem } from './configProblem.ts';

/** A problem that a schema found. @public */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The part of Standard Schema v1 that is used here. @public */
export interface ConfigSchema<TOutput = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): StandardResult<TOutput> | Promise<StandardResult<TOutput>>;
    readonly types?: { readonly input: unknown; readonly output: TOutput } | undefined;
    readonly jsonSchema?: {
      input(options: { target: 'draft-2020-12' | 'draft-07' }): Record<string, unknown>;
    };
  };
  /**
   * What is refused with `NODE_ENV=production` only, which a schema cannot know. It is asked beside the schema, so that
   * all problems are reported together; the config it reads may therefore be wrong in any way.
   */
  readonly problemsInProduction?: (config: Config) => readonly ConfigProblem[];
  /** What can be found before anything is made, and no schema can say, see {@link withConfigJudge}. */
  readonly judge?: ConfigJudge;
  /** What stands where the schema itself lets anything stand, see {@link withConfigDescription}. */
  readonly describeMore?: ConfigDescriber;
}

/**
 * Gives further schemas of the whole config, which describe and refuse nothing. Called without a start: what it is told is
 * what a judge is told of services.
 *
 * @public
 */
export type ConfigDescriber = (
  context: Pick<ConfigJudgeContext, 'valuesOf'>,
) => readonly ConfigSchema[] | Promise<readonly ConfigSchema[]>;

/**
 * A schema that refuses more in production.
 *
 * @example
 * ```ts
 * const configSchema = withProductionCheck(acmeConfigSchema, (config) =>
 *   readAcmeUrl(config)?.startsWith('http:') ? [{ code: 'ERR_ACME_URL_INSECURE', path: 'acme.url', message: '…' }] : [],
 * );
 * ```
 * @public
 */
export function withProductionCheck<TOutput>(
  schema: ConfigSchema<TOutput>,
  problemsInProduction: NonNullable<ConfigSchema['problemsInProduction']>,
): ConfigSchema<TOutput> {
  return { ...withoutMethods(schema), problemsInProduction };
}

/**
 * A schema that tells more than it checks: of parts that are judged by others, each for itself, as the blocks of providers are.
 * An editor learns from it, and so does whoever looks for the secrets of a config.
 *
 * @example
 * ```ts
 * const configSchema = withConfigDescription(acmeConfigSchema, async ({ valuesOf }) =>
 *   (await valuesOf(acmeStoreServiceRef)).map((store) => store.configSchema),
 * );
 * ```
 * @public
 */
export function withConfigDescription<TOutput>(
  schema: ConfigSchema<TOutput>,
  describeMore: ConfigDescriber,
): ConfigSchema<TOutput> {
  return { ...withoutMethods(schema), describeMore };
}

/** What a schema is here. One of a library has methods of its own, which hold for that alone. */
export function withoutMethods<TOutput>(schema: ConfigSchema<TOutput>): ConfigSchema<TOutput> {
  const { problemsInProduction, judge, describeMore } = schema;
  return {
    '~standard': schema['~standard'],
    ...(problemsInProduction && { problemsInProduction }),
    ...(judge && { judge }),
    ...(describeMore && { describeMore }),
  };
}

/** What a schema says of a value: what it yields, or what is wrong with it. @public */
export type StandardResult<TOutput> =
  { readonly value: TOutput; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** The type that a schema yields. @public */
export type ConfigOf<TSchema extends ConfigSchema> = NonNullable<TSchema['~standard']['types']>['output'];

/** A schema and who brought it. @public */
export interface OwnedConfigSchema {
  readonly schema: ConfigSchema;
  /** For messages, for example `plugin 'auth'`. */
  readonly owner: string;
}
