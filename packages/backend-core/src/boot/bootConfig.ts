/** Reads the config before anything else is made, and checks it against the schemas of everything that was added. */
import {
  checkConfig,
  coreServices,
  runtimeModeServiceRef,
  type Config,
  type OwnedConfigSchema,
  type RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import { ownerLabel } from '../features/owner.ts';
import type { Part } from '../features/readRegistrations.ts';
import type { Providers } from '../graph/providers.ts';
import { entryOfService } from '../graph/serviceGraph.ts';
import { validateServices } from '../graph/validateServices.ts';
import { problemOfConfig } from '../problems/spellOutConfigErrors.ts';
import { problemOfThrown, type Problem } from '../problems/startupProblem.ts';
import { problemErrorsOf, type Instances } from '../services/instances.ts';
import { bootConfigSchema } from './bootSettings.ts';

/** Makes `core.rootConfig`, where somebody provides it, and with it what it needs, once that much of the graph is sound. */
export async function readRootConfig(
  providers: Providers,
  instances: Instances,
  known: Map<string, Problem>,
): Promise<{ config?: Config; problems: Problem[] }> {
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
    return { problems };
  }
}

/** The schemas of all parts and services. */
export function configSchemasOf(parts: readonly Part[], providers: Providers): OwnedConfigSchema[] {
  return [
    { schema: bootConfigSchema, owner: 'the backend' },
    ...providers
      .all()
      .flatMap(({ id, factory }) =>
        factory.configSchema ? [{ schema: factory.configSchema, owner: `service '${id}'` }] : [],
      ),
    ...parts.flatMap(({ owner, configSchema }) =>
      configSchema ? [{ schema: configSchema, owner: ownerLabel(owner) }] : [],
    ),
  ];
}

/**
 * Whether `vestibule.runtimeMode` says production. It is asked only where a part of the backend uses it and it stands on
 * its own or on the config: nothing else may be made yet, and the graph has not been judged.
 */
export async function isInProduction(providers: Providers, instances: Instances): Promise<boolean> {
  const [provider] = providers.of(runtimeModeServiceRef) ?? [];
  const early =
    provider && Object.values(provider.factory.deps).every((ref) => ref === coreServices.rootConfig);
  if (!early) return false;
  // Its failure is met again, and reported, by whoever uses it.
  const mode = await instances.make(provider).catch(() => undefined);
  return (mode as RuntimeModeService | undefined)?.isProduction ?? false;
}

/** What the schemas find wrong with the config. */
export function checkAgainst(
  config: Config,
  schemas: readonly OwnedConfigSchema[],
  isProduction: boolean,
): Problem[] {
  try {
    return checkConfig({ config, schemas, isProduction }).map(problemOfConfig);
  } catch (error) {
    return [problemOfThrown('ERR_CONFIG_INVALID', 'the config could not be checked', error)];
  }
}
