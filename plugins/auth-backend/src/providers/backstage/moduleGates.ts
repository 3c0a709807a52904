/**
 * The gates of a hosted Backstage module: `auth.allow`, and `allow` in its own block, which is ours there too. Such a
 * module makes its profile itself and tells of nothing besides.
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
import type { Gates } from '../../policy/gates.ts';
import type { NamedResolver } from '../../policy/resolveIdentity.ts';
import type { NamedTransform } from '../../policy/signInPolicy.ts';
import { logProviderSummary, nameOf } from '../providerSummary.ts';
import type { ProviderBuildContext } from '../buildProviders.ts';
import { settle, throwProblems } from '../configFaults.ts';
import { gateSettings } from '../gateSettings.ts';
import { keysElsewhere } from '../keysElsewhere.ts';

/** The rest of the block is the module's. */
const blockSchema = z.looseObject({ allow: allowSchema.optional(), callbackUrl: z.unknown().optional() });

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

/**
 * Finds gates by environment, without one for a module of the proxy type. Says at start what they are.
 *
 * @throws ConfigError where `allow` of a block has a fault, or a gate that such a module cannot prove.
 */
export function moduleGates(options: {
  providerId: string;
  type: string;
  environments: readonly string[];
  isProxyType: boolean;
  /** By environment, those that decide instead of the module's own. */
  resolvers: ReadonlyMap<string | undefined, readonly NamedResolver[]>;
  /** For the line of the start alone. */
  transforms: readonly NamedTransform[];
  building: ProviderBuildContext;
}): (environment: string | undefined, isSignIn: boolean) => Gates {
  const { providerId, type, environments, isProxyType, resolvers, transforms, building } = options;
  const { config, logger, baseUrl } = building;
  const found = new Map<string | undefined, Record<'signIn' | 'delegation', Gates>>();

  const read = (environment: string | undefined): void => {
    const path = ['auth.providers', providerId, ...(environment === undefined ? [] : [environment])].join(
      '.',
    );
    const owner = `provider '${providerId}'`;
    throwProblems(checkConfig({ config, path, schemas: [{ schema: blockSchema, owner }] }).problems);
    throwProblems(misspeltGateProblems(config, path));
    const { allow: own, callbackUrl } = readConfig({ config, path, schema: blockSchema, owner });
    const settings = (isSignIn: boolean) =>
      gateSettings({
        what: nameOf(providerId, environment),
        type,
        everywhere: building.allow,
        own,
        path,
        isSignIn,
        answers: undefined,
        config,
        logger,
      });
    const [signIn, delegation] = [settings(true), settings(false)];
    throwProblems(signIn.problems);
    found.set(environment, { signIn: signIn.gates, delegation: delegation.gates });
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
    logProviderSummary(logger, {
      providerId,
      type,
      gates: signIn.names,
      transforms,
      ...(chain && { resolvers: chain }),
      ...(environment !== undefined && {
        environment,
        callbackUrl: typeof callbackUrl === 'string' ? callbackUrl : `${baseUrl}/${providerId}/handler/frame`,
      }),
    });
  };
  const blocks = isProxyType ? [undefined] : environments;
  if (!isProxyType) {
    const beside = instanceSchema.extend({ signIn: z.unknown().optional() });
    throwProblems(misspeltGateProblems(config, `auth.providers.${providerId}`, beside));
  }
  throwProblems(blocks.flatMap((block) => settle(() => read(block)).problems));

  return (environment, isSignIn) => {
    const gates = found.get(environment);
    // Routes check the environment first; without its gates nobody may come in.
    if (!gates) throw new Error(`no gates are known for ${nameOf(providerId, environment)}`);
    return isSignIn ? gates.signIn : gates.delegation;
  };
}

/** The gates that an address opens. A reference has a colon, which no address does. */
function namesByAddress(block: AllowBlock | undefined, path: string): string[] {
  const { domains, users = [] } = block ?? {};
  const isAddress = (entry: string) => entry.includes('@') && !entry.includes(':');
  return [...(domains ? [`${path}.domains`] : []), ...(users.some(isAddress) ? [`${path}.users`] : [])];
}
