/** Makes an instance of a proxy-type provider, whose block is not divided by environment. */
import {
  checkConfig,
  readConfig,
  type CheckConfigOptions,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import type { ProxyProviderDefinition } from '@vestibule/plugin-auth-node';
import { instanceSchema, proxySettingsSchema } from '../config.ts';
import { logProviderSummary } from './providerSummary.ts';
import type { ProviderBuildContext } from './buildProviders.ts';
import { locationOf, throwAndWarn, throwProblems } from './configFaults.ts';
import { createFromBlock } from './createFromBlock.ts';
import { isKeyOf } from './instanceKeys.ts';
import { keysElsewhere } from './keysElsewhere.ts';
import type { ProxyInstance } from './instances.ts';
import { readPolicy } from './readPolicy.ts';

const commonSchema = proxySettingsSchema.extend(instanceSchema.shape);

/** A mapping that holds keys of the block was meant for an environment, and would be passed over with what it forbids. */
function environmentProblems(
  config: Config,
  path: string,
  schemas: CheckConfigOptions['schemas'],
): ConfigProblem[] {
  const block = config.getConfig(path).getOptional<Record<string, unknown>>() ?? {};
  const isKnown = (key: string) => schemas.some(({ schema }) => isKeyOf(schema, key));
  return Object.entries(block).flatMap(([name, value]) => {
    if (isKnown(name) || typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    const key = Object.keys(value).find(isKnown);
    if (key === undefined) return [];
    return {
      code: 'ERR_CONFIG_UNKNOWN_KEY',
      path: `${path}.${name}`,
      message: `${path}.${name} is not a known key: a provider of this kind has no environments`,
      suggestion: `'${key}' belongs at ${path}.${key}.`,
      ...locationOf(config, [...path.split('.'), name], 'key'),
    };
  });
}

/** @throws ConfigError with the faults of its block. */
export function buildProxy(
  { providerId, type, definition }: { providerId: string; type: string; definition: ProxyProviderDefinition },
  building: ProviderBuildContext,
): ProxyInstance {
  const { config, logger, http, clock, runtimeMode } = building;
  const path = `auth.providers.${providerId}`;
  const owner = `provider '${providerId}'`;
  const schemas = [
    { schema: commonSchema, owner },
    { schema: definition.configSchema, owner },
  ];
  const elsewhere = keysElsewhere(definition);
  throwProblems(environmentProblems(config, path, schemas));
  throwAndWarn(checkConfig({ config, path, schemas, elsewhere }), building);
  const common = readConfig({ config, path, schema: commonSchema, owner });
  const settings = readConfig({ config, path, schema: definition.configSchema, owner });
  const { title = definition.title, icon, signIn, allow } = common;
  const block = { providerId, type, definition, path, settings, signIn, allow };
  const { policy, gates } = readPolicy(block, building);
  const provider = createFromBlock(path, config, () =>
    definition.create({
      settings,
      providerId,
      logger: logger.child({ provider: providerId }),
      runtimeMode,
      http,
      now: () => clock.now(),
    }),
  );
  logProviderSummary(logger, { ...policy, type, gates });
  return {
    kind: 'proxy',
    providerId,
    type,
    title,
    ...(icon !== undefined && { icon }),
    provider,
    policy,
  };
}
