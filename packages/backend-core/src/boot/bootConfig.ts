/** Reads the config before anything else is made, and checks it against the schemas of everything that was added. */
import {
  checkConfig,
  coreServices,
  type Config,
  type OwnedConfigSchema,
} from '@vestibule/backend-plugin-api';
import { ownerLabel } from '../features/owner.ts';
import type { Part } from '../features/readRegistrations.ts';
import type { Providers } from '../graph/providers.ts';
import { problemOfConfig } from '../problems/spellOutConfigErrors.ts';
import { problemOfThrown, type Problem } from '../problems/startupProblem.ts';
import { problemErrorsOf, type Instances } from '../services/instances.ts';
import { bootConfigSchema } from './bootSettings.ts';

/** Makes `core.rootConfig`, where somebody provides it, and with it what it needs. */
export async function readRootConfig(
  providers: Providers,
  instances: Instances,
): Promise<{ config?: Config; problems: Problem[] }> {
  if (!providers.of(coreServices.rootConfig)) return { problems: [] };
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

/** What the schemas find wrong with the config. */
export function checkAgainst(config: Config, schemas: readonly OwnedConfigSchema[]): Problem[] {
  try {
    return checkConfig({ config, schemas }).map(problemOfConfig);
  } catch (error) {
    return [problemOfThrown('ERR_CONFIG_INVALID', 'the config could not be checked', error)];
  }
}
