/**
 * What production refuses of the secrets in the config: checked with the rest of the config before anything is made, so
 * that all problems are reported together. What is weak, `secretWeakness` says, as for every other secret.
 */
import {
  asObject,
  configProblemAt,
  secretWeakness,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';

const minimumLength = 16;
const howToMakeOne = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"';

/** Why a session secret is refused in production; `undefined` for a good one. */
export function sessionSecretWeakness(secret: string): string | undefined {
  return secretWeakness(secret, { minimumLength });
}

/**
 * The problems, `ERR_SESSION_SECRET_WEAK` and `ERR_CONFIG_VALUE_INVALID`, without the values. A client secret counts
 * where no provider is left without one: elsewhere a fault disables its provider only, see `buildProviders`.
 */
export function secretProblemsInProduction(config: Config): ConfigProblem[] {
  const auth = asObject(config.getOptional('auth'));
  const problems = sessionSecretProblems(config);
  const ofProviders = Object.entries(asObject(auth.providers)).map(([providerId, block]) =>
    Object.entries(asObject(block)).flatMap(([environment, settings]) =>
      clientSecretProblems(config, ['auth', 'providers', providerId, environment], settings),
    ),
  );
  if (ofProviders.every((found) => found.length > 0)) problems.push(...ofProviders.flat());
  return problems;
}

/** Of a list, each that is weak: a former secret opens what anybody could have sealed. */
export function sessionSecretProblems(config: Config): ConfigProblem[] {
  const path = ['auth', 'session', 'secret'];
  const { secret } = asObject(asObject(asObject(config.getOptional('auth')).session));
  const problemsAt = (at: readonly (string | number)[], value: unknown) =>
    problemsOf(value, sessionSecretWeakness, (what) =>
      configProblemAt(config, at, { code: 'ERR_SESSION_SECRET_WEAK', what, suggestion: howToMakeOne }),
    );
  if (!Array.isArray(secret)) return problemsAt(path, secret);
  return secret.flatMap((value, index) => problemsAt([...path, index], value));
}

/** The problem of a weak client secret. `settings` stand at `path`. Its length is the vendor's. */
export function clientSecretProblems(
  config: Config,
  path: readonly string[],
  settings: unknown,
): ConfigProblem[] {
  return problemsOf(asObject(settings)['clientSecret'], secretWeakness, (weakness) =>
    configProblemAt(config, [...path, 'clientSecret'], {
      what: `${weakness}, which is refused in production`,
      suggestion: 'Set the secret that the provider gave out for the client.',
    }),
  );
}

/** Of a secret that is there. */
function problemsOf(
  secret: unknown,
  judge: (secret: string) => string | undefined,
  problem: (weakness: string) => ConfigProblem,
): ConfigProblem[] {
  const weakness = typeof secret === 'string' && secret !== '' ? judge(secret) : undefined;
  return weakness === undefined ? [] : [problem(weakness)];
}
