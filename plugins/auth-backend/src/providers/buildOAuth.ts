/** Makes an instance of an OAuth-type provider: one for each environment of its block. */
import { checkConfig, readConfig } from '@vestibule/backend-plugin-api';
import type { OAuthProviderDefinition } from '@vestibule/plugin-auth-node';
import { createTransactionCookies } from '../transactions/transactionCookies.ts';
import { oauthSettingsSchema } from '../config.ts';
import { sessionCookieName } from '../http/cookies.ts';
import { clientSecretProblems } from '../secrets/secretProblems.ts';
import { logProviderSummary } from './providerSummary.ts';
import type { ProviderBuildContext } from './buildProviders.ts';
import { settle, throwAndWarn, throwProblems } from './configFaults.ts';
import { providerCookies } from './cookieScope.ts';
import { createFromBlock } from './createFromBlock.ts';
import { keysElsewhere } from './keysElsewhere.ts';
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
export function buildOAuth(instance: Instance, building: ProviderBuildContext): ProviderEntry {
  const { providerId, definition } = instance;
  const checked = checkedBy(providerId, definition);
  const { environments, keys, ...found } = readEnvironments(building.config, providerId, checked);
  for (const warning of found.warnings) building.warn(warning);
  const built = environments.map((environment) =>
    settle(() => buildEnvironment({ ...instance, environment, keys }, building)),
  );
  throwProblems([...found.problems, ...built.flatMap((one) => one.problems)]);
  return {
    kind: 'oauth',
    environments: new Map(built.flatMap(({ value }) => (value ? [[value.environment, value] as const] : []))),
  };
}

/** What an environment's block is checked against. */
function checkedBy(providerId: string, definition: OAuthProviderDefinition) {
  const owner = `provider '${providerId}'`;
  const schema = oauthSettingsSchema(definition.clientSecret ?? 'required');
  return {
    schema,
    schemas: [
      { schema, owner },
      { schema: definition.configSchema, owner },
    ],
    elsewhere: keysElsewhere(definition),
  };
}

function buildEnvironment(
  { providerId, type, definition, environment, keys }: Instance & { environment: string; keys: InstanceKeys },
  building: ProviderBuildContext,
): OAuthInstance {
  const { config, logger, http, clock, targets, baseUrl, sealingSecret, runtimeMode } = building;
  const path = `auth.providers.${providerId}.${environment}`;
  const owner = `provider '${providerId}'`;
  const { schema, schemas, elsewhere } = checkedBy(providerId, definition);
  throwAndWarn(checkConfig({ config, path, schemas, elsewhere }), building);
  const common = readConfig({ config, path, schema, owner });
  const settings = readConfig({ config, path, schema: definition.configSchema, owner });
  if (runtimeMode.isProduction) {
    throwProblems(clientSecretProblems(config, ['auth', 'providers', providerId, environment], common));
  }
  const callbackUrl = common.callbackUrl ?? `${baseUrl}/${providerId}/handler/frame`;
  const { signIn, allow } = common;
  const block = { providerId, type, environment, definition, path, settings, signIn, allow };
  const { policy, questions, ...gate } = readPolicy(block, building);
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
      now: () => clock.now(),
    }),
  );
  logProviderSummary(logger, { ...policy, type, environment, gates: gate.gates, callbackUrl });
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
    transactions: createTransactionCookies({
      secret: sealingSecret,
      providerId,
      attributes: cookies.transaction,
      clock,
    }),
    sessionCookie: { ...cookies.session, name: sessionCookieName(providerId) },
  };
}
