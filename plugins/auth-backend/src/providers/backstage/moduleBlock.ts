/**
 * What is ours to honour in the block of a Backstage module: who may come in, the resolvers that modules added, how long a
 * session lasts, and what production refuses. The rest is the module's. Such a module makes its profile itself and answers
 * no membership queries.
 */
import { checkConfig, readConfig, type Config, type ConfigProblem } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import {
  allowSchema,
  instanceSchema,
  oauthSettingsSchema,
  proxySettingsSchema,
  type AllowBlock,
} from '../../config.ts';
import { Gates } from '../../policy/gates.ts';
import type { NamedResolver } from '../../policy/signInPolicy.ts';
import type { NamedTransform } from '../../policy/signInPolicy.ts';
import { clientSecretProblems } from '../../secrets/secretProblems.ts';
import type { ProviderBuildContext } from '../buildContext.ts';
import { settle, throwProblems } from '../configFaults.ts';
import { gateSettings } from '../gateSettings.ts';
import { providerSummary } from '../providerSummary.ts';
import { keysElsewhere, sessionLength } from '../readBlock.ts';
import { nameOf, type EnvironmentSettings } from '../signInProvider.ts';

const { sessionDuration } = oauthSettingsSchema('optional').shape;
/** The rest of the block is the module's. */
const proxySchema = z.looseObject({ allow: allowSchema.optional(), callbackUrl: z.unknown().optional() });
const environmentSchema = proxySchema.extend({ sessionDuration });

const { allow, signIn } = proxySettingsSchema.shape;
const closedSchema = z.object({
  ...Object.fromEntries(
    Object.keys({ ...oauthSettingsSchema('optional').shape, ...instanceSchema.shape }).map((key) => [
      key,
      z.unknown().optional(),
    ]),
  ),
  allow,
  signIn,
});

interface Module {
  readonly providerId: string;
  readonly type: string;
  /** None for a module of the proxy type, whose block is not divided. */
  readonly environments: readonly string[];
  readonly isProxyType: boolean;
  /** By environment, those that decide instead of the module's own. */
  readonly resolvers: ReadonlyMap<string | undefined, readonly NamedResolver[]>;
  readonly transforms: readonly NamedTransform[];
}

/**
 * Reads the block, by environment, without one for a module of the proxy type. Says at start what is in it.
 *
 * @throws ConfigError where `allow` or `sessionDuration` has a fault, for a gate that such a module cannot prove, and
 *   in production for a weak client secret.
 */
export function readModuleBlock(
  module: Module,
  building: ProviderBuildContext,
): ReadonlyMap<string | undefined, EnvironmentSettings & { callbackUrl?: string }> {
  const { providerId, environments, isProxyType } = module;
  const { config } = building;
  if (!isProxyType) {
    const beside = instanceSchema.extend({ signIn: z.unknown().optional() });
    throwProblems(misspeltGateProblems(config, `auth.providers.${providerId}`, beside));
  }
  const blocks = isProxyType ? [undefined] : environments;
  const read = blocks.map((environment) =>
    settle(() => [environment, readEnvironment(module, environment, building)] as const),
  );
  throwProblems(read.flatMap(({ problems }) => problems));
  return new Map(read.flatMap(({ value }) => (value ? [value] : [])));
}

function readEnvironment(
  { providerId, type, resolvers, transforms }: Module,
  environment: string | undefined,
  building: ProviderBuildContext,
): EnvironmentSettings & { callbackUrl?: string } {
  const { config, logger, baseUrl, runtimeMode } = building;
  const keys = ['auth', 'providers', providerId, ...(environment === undefined ? [] : [environment])];
  const path = keys.join('.');
  const owner = `provider '${providerId}'`;
  const schema = environment === undefined ? proxySchema : environmentSchema;
  const isSecretWeighed = runtimeMode.isProduction && environment !== undefined;
  throwProblems([
    ...checkConfig({ config, path, schemas: [{ schema, owner }] }).problems,
    ...misspeltGateProblems(config, path),
    ...(isSecretWeighed ? clientSecretProblems(config, keys, config.getOptional(path)) : []),
  ]);
  const { allow: own, callbackUrl } = readConfig({ config, path, schema: proxySchema, owner });
  const longest =
    environment === undefined
      ? undefined
      : readConfig({ config, path, schema: environmentSchema, owner }).sessionDuration;
  const block = { providerId, type, environment };
  const { gates, names, problems, nobody } = gateSettings(block, { own, path, isSignIn: true }, building);
  throwProblems(problems);
  const byAddress = [
    ...namesByAddress(building.allow, 'auth.allow'),
    ...namesByAddress(own, `${path}.allow`),
  ];
  if (byAddress.length > 0) {
    logger.warn(
      `${byAddress.join(' and ')} look at the e-mail address as the hosted Backstage module ` +
        `${nameOf(providerId, environment)} tells it: nobody here knows whether its provider vouches for it`,
    );
  }
  const chain = resolvers.get(environment);
  const named = typeof callbackUrl === 'string' ? callbackUrl : undefined;
  const summary = providerSummary(building.catalog, {
    providerId,
    type,
    gates: names,
    transforms,
    ...(chain && { resolvers: chain }),
    ...(nobody && { nobody }),
    ...(environment !== undefined && {
      environment,
      callbackUrl: named ?? `${baseUrl}/${providerId}/handler/frame`,
    }),
  });
  building.tell(summary);
  return {
    policy: {
      providerId,
      transforms,
      gates,
      delegationGates: new Gates({ everywhere: undefined, own, ownPath: path, isSignIn: false }),
      ...(chain && { resolvers: chain }),
    },
    questions: {},
    ...(nobody && { nobody }),
    persistsScopes: false,
    sessionMilliseconds: sessionLength(longest),
    refreshTokenAdvice: `Have the module ask for refresh tokens; for many providers, by offline_access under auth.providers.${providerId}.<environment>.additionalScopes.`,
    ...(named !== undefined && { callbackUrl: named }),
  };
}

/** A gate that is misspelt, or stands at the wrong level. Any other key is the module's. */
function misspeltGateProblems(
  config: Config,
  path: string,
  schema: z.ZodType = closedSchema,
): ConfigProblem[] {
  const schemas = [{ schema, owner: path }];
  const { problems } = checkConfig({ config, path, schemas, elsewhere: keysElsewhere() });
  return problems.filter(
    ({ code, path: at }) =>
      code === 'ERR_CONFIG_UNKNOWN_KEY' && !at.slice(path.length + 1).startsWith('signIn'),
  );
}

/** The gates that an address passes. A reference has a colon, which no address does. */
function namesByAddress(block: AllowBlock | undefined, path: string): string[] {
  const { domains, users = [] } = block ?? {};
  const isAddress = (entry: string) => entry.includes('@') && !entry.includes(':');
  return [...(domains ? [`${path}.domains`] : []), ...(users.some(isAddress) ? [`${path}.users`] : [])];
}
