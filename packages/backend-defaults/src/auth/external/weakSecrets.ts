/**
 * Tokens and secrets of external callers that can be guessed: refused in production, warned about elsewhere. Beside the
 * schema, so that all problems are reported together.
 */
import {
  asObject,
  configProblemAt,
  secretWeakness,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import { ownTypes } from './externalAccessConfig.ts';

const minimumLength = 16;
const howToMakeOne = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64\')"';

/** What is weak about a token or secret; `undefined` for a good one. */
export function externalSecretWeakness(secret: string): string | undefined {
  return secretWeakness(secret, { minimumLength });
}

/**
 * The weak ones of a config, which may be wrong in any way.
 *
 * - `ERR_EXTERNAL_ACCESS_WEAK`: The token or secret of an outside caller is too short, a placeholder or easily guessed, in
 *   production.
 */
export function weakSecretsInProduction(config: Config): ConfigProblem[] {
  const auth = asObject(asObject(config.getOptional<unknown>('backend'))['auth']);
  return [
    ...listOf(auth['keys']).map((entry, index) => ({
      path: ['keys', index, 'secret'],
      value: entry['secret'],
    })),
    ...listOf(auth['externalAccess']).flatMap((entry, index) =>
      // What the options of an added handler mean is the handler's to say.
      (ownTypes.includes(entry['type']) ? ['token', 'secret'] : []).map((key) => ({
        path: ['externalAccess', index, 'options', key],
        value: asObject(entry['options'])[key],
      })),
    ),
  ].flatMap(({ path, value }) => {
    const weakness = typeof value === 'string' ? externalSecretWeakness(value) : undefined;
    if (weakness === undefined) return [];
    return configProblemAt(config, ['backend', 'auth', ...path], {
      code: 'ERR_EXTERNAL_ACCESS_WEAK',
      what: weakness,
      suggestion: howToMakeOne,
    });
  });
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((entry: unknown) => asObject(entry)) : [];
}
