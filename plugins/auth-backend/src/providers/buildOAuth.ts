/** Makes an instance of an OAuth-type provider: one for each environment of its block. */
import { checkConfig, readConfig } from '@vestibule/backend-plugin-api';
import type { OAuthProviderDefinition } from '@vestibule/plugin-auth-node';
import { createAttemptCookies } from '../attempts/attemptCookies.ts';
import { oauthSettingsSchema } from '../config.ts';
import { sessionCookieName } from '../cookies.ts';
import { clientSecretProblems } from '../secrets/secretProblems.ts';
import { announce } from './announce.ts';
import type { ProviderSurroundings } from './buildProviders.ts';
import { settle, throwProblems } from './configFaults.ts';
import { providerCookies } from './cookieScope.ts';
import { createFromBlock } from './createFromBlock.ts';
import { readEnvironments, type InstanceKeys } from './instanceKeys.ts';
import type { OAuthInstance, ProviderEntry } from './instances.ts';
import { readPolicy } from './readPolicy.ts';
import { joinScopes, splitScopes } from './scopes.ts';
import { sessionLength } from './sessionLength.ts';

interface Instance {
  providerId: string;
  type: string;
  definition: OAuthProviderDefinition;
}

/** @throws ConfigError with the faults of all environments. */
export function buildOAuth(instance: Instance, surroundings: ProviderSurroundings): ProviderEntry {
  const { environments, keys, problems } = readEnvironments(surroundings.config, instance.providerId);
  const built = environments.map((environment) =>
    settle(() => buildEnvironment({ ...instance, environment, keys }, surroundings)),
  );
  throwProblems([...problems, ...built.flatMap((one) => one.problems)]);
  return {
    kind: 'oauth',
    environments: new Map(built.flatMap(({ value }) => (value ? [[value.environment, value] as const] : []))),
  };
}

function buildEnvironment(
  { providerId, type, definition, environment, keys }: Instance & { environment: string; keys: InstanceKeys },
  surroundings: ProviderSurroundings,
): OAuthInstance {
  const { config, logger, http, clock, targets, baseUrl, sealingSecret, runtimeMode } = surroundings;
  const path = `auth.providers.${providerId}.${environment}`;
  const owner = `provider '${providerId}'`;
  const schema = oauthSettingsSchema(definition.clientSecret ?? 'required');
  const schemas = [
    { schema, owner },
    { schema: definition.configSchema, owner },
  ];
  throwProblems(checkConfig({ config, path, schemas }));
  const common = readConfig({ config, path, schema, owner });
  const settings = readConfig({ config, path, schema: definition.configSchema, owner });
  if (runtimeMode.isProduction) {
    throwProblems(clientSecretProblems(config, ['auth', 'providers', providerId, environment], common));
  }
  const callbackUrl = common.callbackUrl ?? `${baseUrl}/${providerId}/handler/frame`;
  const { signIn, allow } = common;
  const block = { providerId, type, environment, definition, path, settings, signIn, allow };
  const { policy, questions, ...gate } = readPolicy(block, surroundings);
  const scopes = joinScopes(definition.requiredScopes, gate.scopes, splitScopes(common.additionalScopes));
  const cookies = providerCookies({ providerId, baseUrl, appUrl: targets.appUrl, config });
  const provider = createFromBlock(path, config, () =>
    definition.create({
      settings,
      clientId: common.clientId,
      clientSecret: common.clientSecret,
      config: config.getConfig(path),
      providerId,
      environment,
      scopes,
      logger: logger.child({ provider: providerId }),
      http,
      now: clock,
    }),
  );
  announce(logger, { ...policy, type, environment, gates: gate.gates, callbackUrl });
  return {
    kind: 'oauth',
    providerId,
    type,
    environment,
    title: keys.title ?? definition.title,
    ...(keys.icon !== undefined && { icon: keys.icon }),
    provider,
    callbackUrl,
    scopes,
    persistsScopes: definition.persistsScopes ?? false,
    sessionMilliseconds: sessionLength(common.sessionDuration),
    refreshTokenAdvice:
      definition.refreshTokenAdvice?.({ settings, scopes, path }) ??
      `Allow refresh tokens for this client at ${definition.title}, and ask for the scope that they take.`,
    policy,
    questions,
    attempts: createAttemptCookies({ secret: sealingSecret, providerId, attributes: cookies.attempt, clock }),
    sessionCookie: { ...cookies.session, name: sessionCookieName(providerId) },
  };
}
