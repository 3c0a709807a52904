/** What every environment of a hosted Backstage module has that is ours to honour besides its gates. The rest is the module's. */
import { checkConfig, readConfig } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { oauthSettingsSchema } from '../../config.ts';
import { clientSecretProblems } from '../../secrets/secretProblems.ts';
import type { ProviderBuildContext } from '../buildProviders.ts';
import { settle, throwProblems } from '../configFaults.ts';
import { sessionLength } from '../sessionLength.ts';

const { sessionDuration } = oauthSettingsSchema('optional').shape;
const settingsSchema = z.looseObject({ sessionDuration });

/**
 * Finds how long sessions last, in milliseconds, by environment.
 *
 * @throws ConfigError where `sessionDuration` of an environment is none, or its client secret is weak in production.
 */
export function moduleSessionLengths(
  { providerId, environments }: { providerId: string; environments: readonly string[] },
  { config, runtimeMode }: ProviderBuildContext,
): (environment: string) => number {
  const owner = `provider '${providerId}'`;
  const read = environments.map((environment) =>
    settle(() => {
      const path = `auth.providers.${providerId}.${environment}`;
      throwProblems([
        ...checkConfig({ config, path, schemas: [{ schema: settingsSchema, owner }] }).problems,
        ...(runtimeMode.isProduction
          ? clientSecretProblems(
              config,
              ['auth', 'providers', providerId, environment],
              config.getOptional(path),
            )
          : []),
      ]);
      const settings = readConfig({ config, path, schema: settingsSchema, owner });
      return [environment, sessionLength(settings.sessionDuration)] as const;
    }),
  );
  throwProblems(read.flatMap(({ problems }) => problems));
  const lengths = new Map(read.flatMap(({ value }) => (value ? [value] : [])));
  return (environment) => sessionLength(lengths.get(environment));
}
