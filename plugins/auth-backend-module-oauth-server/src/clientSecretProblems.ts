/**
 * What production refuses of the secrets in `auth.staticClients`: checked with the rest of the config before anything is
 * made. What is weak, `secretWeakness` says, as for every other secret.
 */
import {
  configProblemAt,
  isLocatedConfig,
  secretWeakness,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';

const minimumLength = 16;
const howToMakeOne = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"';

/** The problems, `ERR_CONFIG_VALUE_INVALID` and `ERR_CONFIG_VALUE_MISSING`, without the values. */
export function clientSecretProblemsInProduction(config: Config): ConfigProblem[] {
  const { staticClients: clients } = Object(config.getOptional('auth')) as { staticClients?: unknown };
  return [...weakSecretProblems(config, clients), ...unsetSecretProblems(config)];
}

/** A secret that an unset variable leaves absent would make a public client of one that is meant to prove itself. */
function unsetSecretProblems(config: Config): ConfigProblem[] {
  const unset = (isLocatedConfig(config) && config.unsetVariables) || [];
  return unset.flatMap(({ name, path, location }) => {
    if (!/^auth\.staticClients\[\d+\]\.clientSecret$/.test(path)) return [];
    return [
      {
        code: 'ERR_CONFIG_VALUE_MISSING',
        path,
        message: `${path} has no value: the environment variable ${name} is not set`,
        suggestion: 'Set it, or remove the key if the client is to have no secret.',
        ...(location && { location }),
      } as const,
    ];
  });
}

/** The problems of weak secrets that the operator makes, unlike those of a provider's clients. */
function weakSecretProblems(config: Config, clients: unknown): ConfigProblem[] {
  if (!Array.isArray(clients)) return [];
  return clients.flatMap((client, index) => {
    const { clientSecret: secret } = Object(client) as { clientSecret?: unknown };
    const weakness =
      typeof secret === 'string' && secret !== '' ? secretWeakness(secret, { minimumLength }) : undefined;
    if (weakness === undefined) return [];
    return configProblemAt(config, `auth.staticClients[${index}].clientSecret`, {
      what: `${weakness}, which is refused in production`,
      suggestion: howToMakeOne,
    });
  });
}
