/** Reads the config before anything else is made, and checks it against the schemas of everything that was added. */
import {
  ConfigError,
  coreServices,
  runtimeModeServiceRef,
  type Config,
  type ConfigRest,
  type FeatureLoader,
  type OwnedConfigSchema,
  type RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import { ownerLabel } from '../features/owner.ts';
import type { Registration } from '../features/readRegistrations.ts';
import type { Provider } from '../graph/provider.ts';
import type { Providers } from '../graph/providers.ts';
import { entryOfService } from '../graph/serviceGraph.ts';
import { validateServices } from '../graph/validateServices.ts';
import type { Problem } from '../problems/startupProblem.ts';
import { problemErrorsOf, type Instances } from '../services/instances.ts';
import { bootConfigSchema } from './bootSettings.ts';
import { earlyValue, isEarly } from './judgeConfig.ts';

/**
 * Makes `core.rootConfig`, where somebody provides it, and with it what it needs, once that much of the graph is sound.
 * `rest` is what could be read of one that cannot be used.
 */
export async function readRootConfig(
  providers: Providers,
  instances: Instances,
  known: Map<string, Problem>,
): Promise<{ config?: Config; rest?: ConfigRest; problems: Problem[] }> {
  const [provider] = providers.of(coreServices.rootConfig) ?? [];
  if (!provider) return { problems: [] };
  const unsound = validateServices([entryOfService(provider, [])], providers, known);
  if (unsound.length > 0) return { problems: unsound };
  try {
    const config = await instances.get(coreServices.rootConfig, { label: 'the start-up', uses: new Set() });
    return { config: config as Config, problems: [] };
  } catch (error) {
    const problems = problemErrorsOf(error).map(({ problem }) => problem);
    for (const problem of problems) problem.fatal = true;
    const [rest] = problems.flatMap(({ cause }) => (cause instanceof ConfigError && cause.rest) || []);
    return { problems, ...(rest && { rest }) };
  }
}

/** The schemas of all plugins, modules, services, decorators and loaders. */
export function configSchemasOf(
  {
    registrations,
    loaders,
  }: { registrations: readonly Registration[]; loaders: readonly { loader: FeatureLoader }[] },
  providers: Providers,
): OwnedConfigSchema[] {
  return [
    { schema: bootConfigSchema, owner: 'the backend' },
    ...loaders.flatMap(({ loader: { configSchema } }) =>
      configSchema ? [{ schema: configSchema, owner: 'the backend' }] : [],
    ),
    ...providers
      .all()
      .flatMap(({ id, factory }) =>
        factory.configSchema ? [{ schema: factory.configSchema, owner: `service '${id}'` }] : [],
      ),
    ...providers
      .decorators()
      .flatMap(({ decorator: { decorator }, label }) =>
        decorator.configSchema ? [{ schema: decorator.configSchema, owner: label }] : [],
      ),
    ...registrations.flatMap(({ owner, configSchema }) =>
      configSchema ? [{ schema: configSchema, owner: ownerLabel(owner) }] : [],
    ),
  ];
}

/**
 * What `vestibule.runtimeMode` says. It is asked only where it stands on its own or on the config: nothing else may be made
 * yet, and the graph has not been judged.
 */
export async function runtimeModeFor(
  config: Config,
  providers: Providers,
  instances: Instances,
): Promise<RuntimeModeService> {
  const [provider] = providers.of(runtimeModeServiceRef) ?? [];
  if (!provider || !isEarly(provider)) return neither;
  // Its failure is met again, and reported, by whoever uses it. It also fails where the config could not be read in full.
  const mode = await instances.make(provider).catch(() => earlyValueOrNothing(provider, config));
  return (mode as RuntimeModeService | undefined) ?? neither;
}

const neither: RuntimeModeService = { isDevelopment: false, isProduction: false };

async function earlyValueOrNothing(provider: Provider, config: Config): Promise<unknown> {
  try {
    return await earlyValue(provider, config);
  } catch {
    return undefined;
  }
}
