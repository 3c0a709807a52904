/** Makes an instance of a proxy-type provider, whose block is not divided by environment. */
import { checkConfig, readConfig } from '@vestibule/backend-plugin-api';
import type { ProxyProviderDefinition } from '@vestibule/plugin-auth-node';
import { instanceSchema, proxySettingsSchema } from '../config.ts';
import { announce } from './announce.ts';
import type { ProviderSurroundings } from './buildProviders.ts';
import { throwProblems } from './configFaults.ts';
import { createFromBlock } from './createFromBlock.ts';
import type { ProxyInstance } from './instances.ts';
import { readPolicy } from './readPolicy.ts';

const commonSchema = proxySettingsSchema.extend(instanceSchema.shape);

/** @throws ConfigError with the faults of its block. */
export function buildProxy(
  { providerId, type, definition }: { providerId: string; type: string; definition: ProxyProviderDefinition },
  surroundings: ProviderSurroundings,
): ProxyInstance {
  const { config, logger, http, clock, runtimeMode } = surroundings;
  const path = `auth.providers.${providerId}`;
  const owner = `provider '${providerId}'`;
  const schemas = [
    { schema: commonSchema, owner },
    { schema: definition.configSchema, owner },
  ];
  throwProblems(checkConfig({ config, path, schemas }));
  const common = readConfig({ config, path, schema: commonSchema, owner });
  const settings = readConfig({ config, path, schema: definition.configSchema, owner });
  const { title = definition.title, icon, signIn, allow } = common;
  const block = { providerId, type, definition, path, settings, signIn, allow };
  const { policy, gates } = readPolicy(block, surroundings);
  const provider = createFromBlock(path, config, () =>
    definition.create({
      settings,
      providerId,
      logger: logger.child({ provider: providerId }),
      runtimeMode,
      http,
      now: clock,
    }),
  );
  announce(logger, { ...policy, type, gates });
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
