/** Makes an instance of a proxy-type provider, whose block is not divided by environment. */
import { checkConfig, readConfig } from '@vestibule/backend-plugin-api';
import type { ProxyProviderDefinition } from '@vestibule/plugin-auth-node';
import { instanceSchema, proxySettingsSchema } from '../config.ts';
import { announce } from './announce.ts';
import type { ProviderSurroundings } from './buildProviders.ts';
import { throwProblems } from './configFaults.ts';
import { createFromBlock } from './createFromBlock.ts';
import { gateSettings } from './gateSettings.ts';
import type { ProxyInstance } from './instances.ts';

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
  const { resolvers, problems, warnings } = surroundings.resolvers.select({
    providerId,
    type,
    builtIn: definition.resolvers ?? {},
    fallback: definition.defaultResolver?.(settings),
    config,
    path,
    entries: common.signIn?.resolvers,
    allowAnyProviderResolvers: surroundings.allowAnyProviderResolvers,
  });
  for (const warning of warnings) logger.warn(warning);
  const transforms = surroundings.transforms.select(providerId, definition.profileTransform);
  const { gates, names, ...gate } = gateSettings({
    what: providerId,
    type,
    everywhere: surroundings.allow,
    own: common.allow,
    path,
    isSignIn: true,
    // A request to a proxy-type provider proves its result and profile, and nothing besides.
    answers: undefined,
    config,
    logger,
  });
  throwProblems([...problems, ...gate.problems]);
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
  announce(logger, { providerId, type, resolvers, transforms, gates: names });
  return {
    kind: 'proxy',
    providerId,
    type,
    title: common.title ?? definition.title,
    ...(common.icon !== undefined && { icon: common.icon }),
    provider,
    policy: { providerId, transforms, gates, resolvers },
  };
}
