/**
 * What of a config may be shown. A value is hidden for any of these: a schema marks it as secret; its key is named like one;
 * it was read from a file of its own; it is, or holds, what is a secret elsewhere; it looks like one.
 */
import { redactForDisplay } from '@vestibule/backend-defaults';
import {
  createSecretHider,
  formatConfigPath,
  isCredentialKey,
  isCredentialName,
  secretPaths,
  type LocatedConfig,
  type OwnedConfigSchema,
} from '@vestibule/backend-plugin-api';
import { withoutLikelySecrets } from './looksLikeSecret.ts';

type Path = readonly (string | number)[];
type Scalar = string | number | boolean | null;

/** Stands in place of what is hidden, in the words of the log. */
const hidden = '(redacted)';

/** Shows the values of a config. */
export interface ConfigMask {
  /** The value, or as much of it as may be shown. */
  show(path: Path, value: Scalar): Scalar;
  /** A key, which may be chosen by users, or a name. */
  showText(text: string): string;
}

/** Names that people give to credentials, and that are too common for the log to hide what they hold. */
const lesserName =
  /(?:pwd|^pass|(?:user|db)pass|passcode|credentials?|(?:secret|access|signing|encryption|master|account)key)$/;
/** Words that end the names of credentials, as a slip of the finger makes them: one letter too many, too few, another or swapped. */
const slips = ['secret', 'password', 'passphrase', 'token'].map(
  (word) => new RegExp(`^(?!${word}$)(?:${slipsOf(word).join('|')})$`),
);

function slipsOf(word: string): string[] {
  return [...word].flatMap((letter, at) => {
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    const swapped = after === '' ? [] : [`${before}${after.charAt(0)}${letter}${after.slice(1)}`];
    // The first letter is seldom another one, and then it is another word.
    return at === 0 ? swapped : [`${before}\\w?${after}`, `${before}\\w${letter}${after}`, ...swapped];
  });
}

/** Whether a key of the config, which may be misspelt, is named like a credential. */
function resemblesCredential(key: string): boolean {
  const lastWord = /(?:[A-Z]?[a-z]+|[A-Z]+)$/.exec(key)?.[0].toLowerCase() ?? '';
  return (
    lesserName.test(key.toLowerCase().replace(/[^a-z0-9]/g, '')) || slips.some((slip) => slip.test(lastWord))
  );
}

function memberOf(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string | number, unknown>)[step]
    : undefined;
}

/** Of a secret so long, every occurrence is that secret. */
const longEnough = 8;

export function createConfigMask(config: LocatedConfig, schemas: readonly OwnedConfigSchema[]): ConfigMask {
  const marked = new Set(secretPaths({ config, schemas }));
  const isSecret = (path: Path) =>
    path.some((step) => typeof step === 'string' && (isCredentialKey(step) || resemblesCredential(step))) ||
    isNamedBeside(path) ||
    marked.has(formatConfigPath(path));
  /** As lists of variables and headers are written: `{ name: DB_PASSWORD, value: … }`. */
  const isNamedBeside = (path: Path) => {
    if (path.at(-1) !== 'value') return false;
    const beside: unknown = path.slice(0, -1).reduce<unknown>(memberOf, config.getOptional());
    const name = memberOf(beside, 'name');
    return typeof name === 'string' && (isCredentialName(name) || resemblesCredential(name));
  };
  const known = new Set(
    [...textsIn(config.getOptional(), [])].flatMap(([path, text]) =>
      isSecret(path) ? [text, text.trim()] : [],
    ),
  );
  known.delete('');
  const inTheirForms = [...known].flatMap((secret) => [
    secret,
    encodeURIComponent(Buffer.from(secret).toString()),
    ...(secret.length >= longEnough ? [Buffer.from(secret).toString('base64')] : []),
  ]);
  const long = inTheirForms.filter((form) => form.length >= longEnough);
  const hideShort = createSecretHider({ secrets: inTheirForms, placeholder: hidden });

  /** Without what is a secret elsewhere, and without what looks like one. */
  function shown(text: string, isId: boolean): string {
    if (known.has(text) || known.has(text.trim())) return hidden;
    const withoutKnown = long.reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
    return withoutLikelySecrets(redactForDisplay(hideShort(withoutKnown)), { placeholder: hidden, isId });
  }

  return {
    show(path, value) {
      if (value === null || typeof value === 'boolean') return value;
      if (value === '') return value;
      const isOfFile = config.sourceOf?.(path)?.startsWith('the file ') === true;
      if (isOfFile || isSecret(path)) return hidden;
      const name = path.findLast((step) => typeof step === 'string');
      const text = shown(String(value), typeof name === 'string' && /id$/i.test(name));
      return typeof value === 'number' && text === String(value) ? value : text;
    },
    showText: (text) => shown(text, false),
  };
}

function* textsIn(value: unknown, path: Path): Generator<[Path, string]> {
  if (typeof value === 'string' || typeof value === 'number') yield [path, String(value)];
  if (typeof value !== 'object' || value === null) return;
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [step, member] of members as [string | number, unknown][])
    yield* textsIn(member, [...path, step]);
}
