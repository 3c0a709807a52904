/**
 * Tokens and secrets of external callers that can be guessed: refused in production, warned about elsewhere. Beside the
 * schema, so that all problems are reported together.
 */
import { isLocatedConfig, type Config, type ConfigProblem } from '@vestibule/backend-plugin-api';
import { ownTypes } from './externalAccessConfig.ts';

const minimumLength = 16;
const placeholder =
  /^(?:change[-_ ]?(?:me|this)[-_ \w]{0,20}|your[-_ ].*|<.*>|(?:dev|demo|example)[-_]only[-_].*|(.)\1+)$/i;
const howToMakeOne = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64\')"';

/** Whether a token or secret is short, or stands in examples. */
export function isWeakSecret(secret: string): boolean {
  return secret.length < minimumLength || placeholder.test(secret);
}

/**
 * The weak ones of a config, which may be wrong in any way.
 *
 * - `ERR_EXTERNAL_ACCESS_WEAK`: The token or secret of an outside caller is too short or a placeholder, in production.
 */
export function weakSecretsInProduction(config: Config): ConfigProblem[] {
  const auth = asRecord(asRecord(config.getOptional<unknown>('backend'))['auth']);
  return [
    ...listOf(auth['keys']).map((entry, index) => ({
      path: ['keys', index, 'secret'],
      value: entry['secret'],
    })),
    ...listOf(auth['externalAccess']).flatMap((entry, index) =>
      // What the options of an added handler mean is the handler's to say.
      (ownTypes.includes(entry['type']) ? ['token', 'secret'] : []).map((key) => ({
        path: ['externalAccess', index, 'options', key],
        value: asRecord(entry['options'])[key],
      })),
    ),
  ].flatMap(({ path, value }) => {
    if (typeof value !== 'string' || !isWeakSecret(value)) return [];
    const full = ['backend', 'auth', ...path];
    const name = full
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
      .join('')
      .slice(1);
    const location = isLocatedConfig(config) ? config.locate(full) : undefined;
    return [
      {
        code: 'ERR_EXTERNAL_ACCESS_WEAK',
        path: name,
        message: `${name} is a placeholder or has fewer than ${minimumLength} characters`,
        suggestion: howToMakeOne,
        ...(location && { location }),
      } as const,
    ];
  });
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
