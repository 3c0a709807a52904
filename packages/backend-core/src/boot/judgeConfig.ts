/**
 * What is found in a config before anything is made. One judgement, whoever asks: a start, which refuses or goes on by it,
 * and `backend.judge()`, which starts nothing.
 */
import {
  checkConfig,
  coreServices,
  followsFromGap,
  type Config,
  type ConfigFindings,
  type ConfigJudgeContext,
  type ConfigProblem,
  type ConfigRest,
  type DisabledPart,
  type OwnedConfigSchema,
  type RuntimeModeService,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import type { Provider } from '../graph/provider.ts';
import type { Providers } from '../graph/providers.ts';
import { textOfThrown } from '../problems/startupProblem.ts';
import type { InitTasks } from './initTasks.ts';

/** What was found. */
export interface ConfigJudgement {
  /** What stops the start. */
  readonly problems: readonly ConfigProblem[];
  readonly disabled: readonly DisabledPart[];
  /** What is only told. */
  readonly warnings: readonly ConfigProblem[];
  readonly notes: readonly string[];
}

/** What is judged, and by what. */
export interface JudgedConfig {
  readonly config: Config;
  /** See {@link ConfigRest}. */
  readonly unread: ConfigRest['unread'];
  readonly runtimeMode: RuntimeModeService;
  readonly schemas: readonly OwnedConfigSchema[];
}

/** What the schemas find. */
export function checkAgainstSchemas({ config, unread, runtimeMode, schemas }: JudgedConfig): ConfigFindings {
  try {
    const found = checkConfig({ config, schemas, isProduction: runtimeMode.isProduction });
    return { ...found, problems: found.problems.filter((problem) => !followsFromGap(unread, problem)) };
  } catch (error) {
    return { problems: [couldNot('be checked', error)], warnings: [] };
  }
}

/** What the judges beside the schemas find. `found`: what the schemas did. */
export async function askJudges(
  { config, unread, runtimeMode, schemas }: JudgedConfig,
  options: {
    tasks: InitTasks;
    providers: Providers;
    pluginIds: readonly string[];
    isOnSite: boolean;
    isAdded: ConfigJudgeContext['isAdded'];
    found: ConfigFindings;
  },
): Promise<ConfigJudgement> {
  const { tasks, providers, pluginIds, isOnSite, isAdded, found } = options;
  const problems: ConfigProblem[] = [];
  const disabled: DisabledPart[] = [];
  const warnings: ConfigProblem[] = [...found.warnings];
  const notes: string[] = [];
  const context = {
    config,
    runtimeMode,
    pluginIds,
    isOnSite,
    isAdded,
    valuesOf: valuesFor(providers, config),
  };
  for (const { schema, owner } of schemas) {
    const { judge } = schema;
    if (!judge) continue;
    const task = tasks.create(`the judgement of the config by ${owner}`, 'judgement of the config');
    try {
      const findings = await task.run('ERR_CONFIG_INVALID', () => judge(context));
      problems.push(...(findings.problems ?? []).map((problem) => ({ ...problem, owner })));
      disabled.push(...(findings.disabled ?? []));
      warnings.push(...(findings.warnings ?? []));
      notes.push(...(findings.notes ?? []));
    } catch (error) {
      // A judge may stumble over what a schema has refused; else it has a fault of its own.
      if (found.problems.length === 0 && unread.length === 0) problems.push(couldNot('be judged', error));
    }
  }
  return {
    problems: problems.filter((problem) => !followsFromGap(unread, problem)),
    disabled: disabled.flatMap((part) => {
      const left = part.problems.filter((problem) => !followsFromGap(unread, problem));
      return left.length > 0 ? [{ ...part, problems: left }] : [];
    }),
    warnings: warnings.filter((warning) => !followsFromGap(unread, warning)),
    notes,
  };
}

/** The schemas, and those that they say more with. Without a config, only services that stand on nothing are asked. */
export async function describedBy(
  schemas: readonly OwnedConfigSchema[],
  providers: Providers,
  config: Config | undefined,
): Promise<OwnedConfigSchema[]> {
  const more = await Promise.all(
    schemas.map(async ({ schema: { describeMore }, owner }) =>
      ((await describeMore?.({ valuesOf: valuesFor(providers, config) })) ?? []).map((schema) => ({
        schema,
        owner,
      })),
    ),
  );
  return [...schemas, ...more.flat()];
}

function valuesFor(providers: Providers, config: Config | undefined): ConfigJudgeContext['valuesOf'] {
  return async <T>(ref: { readonly id: string; readonly T: T }) =>
    (await earlyValues(providers.of(ref as ServiceRef<T>) ?? [], config)) as T[];
}

/** Whether a service stands on nothing, or on the config alone, so that it can be made before the graph was judged. */
export function isEarly({ factory, decorates }: Provider): boolean {
  return Object.values(factory.deps).every((ref) =>
    ref === decorates?.innerRef ? isEarly(decorates.inner) : ref.id === coreServices.rootConfig.id,
  );
}

/** What a factory of an early service gives for a config, without keeping it. */
export async function earlyValue(
  { factory, decorates }: Provider,
  config: Config | undefined,
): Promise<unknown> {
  const deps: Record<string, unknown> = {};
  for (const [name, ref] of Object.entries(factory.deps)) {
    deps[name] = ref === decorates?.innerRef ? await earlyValue(decorates.inner, config) : config;
  }
  return factory.factory(deps, undefined);
}

function hasRootContext({ factory, decorates }: Provider): boolean {
  return (
    factory.createRootContext !== undefined || (decorates !== undefined && hasRootContext(decorates.inner))
  );
}

async function earlyValues(providers: readonly Provider[], config: Config | undefined): Promise<unknown[]> {
  const early = providers.filter((one) => isEarly(one) && !hasRootContext(one));
  // A failure is reported by whoever makes the service for good.
  const made = await Promise.allSettled(early.map(async (one) => earlyValue(one, config)));
  return made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

function couldNot(act: string, error: unknown): ConfigProblem {
  return {
    code: 'ERR_CONFIG_INVALID',
    path: '',
    message: `the config could not ${act}: ${textOfThrown(error)}`,
  };
}
