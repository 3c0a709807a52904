/**
 * The one judgement of secrets in the config, whoever they are for: the secret that seals sessions, the secrets of clients,
 * the tokens of callers from outside. Production refuses what this finds, development warns.
 */
import { guessingBits } from './guessableText.ts';
import { documentedSecrets } from './knownText.ts';

/** Below this, the words, runs and repetitions that make a secret are soon tried. Random ones of ten characters have more. */
const leastBits = 30;

/** Wherever they stand, what is around them was never made at random. */
const instruction =
  /change[-_ ]?(?:me|this)|replace[-_ ]?(?:me|this|with)|placeholder|not[-_ ]?(?:a[-_ ])?secret/i;
/** What belongs in front of the words of whoever wrote the example. */
const exampleOf = /^(?:your|my[-_ ]?own|(?:dev|demo|test|example|sample)[-_ ]?only)[-_ ]/i;
/** A place that somebody was to fill in: `<your-secret>`, `{{ secret }}`, `${SECRET}`, `%SECRET%`, `__SECRET__`. */
const unfilled =
  /^(?:<[\w\s.:-]*>|\[[\w\s.:-]*\]|\$?\{\{?[\w\s.:-]*\}\}?|\$\([\w\s.:-]*\)|\$[A-Z_]+|%[\w\s.:-]*%|__[A-Z\s]+__|@@?\w+@@?)$/;

/**
 * What is wrong with a secret, to be put behind the name of its key; `undefined` for one that is good.
 *
 * @param options - `minimumLength`: for a secret that the operator makes up, 16. One that a vendor gave out has the vendor's
 *   length. Default: none.
 * @example
 * ```ts
 * secretWeakness('changeme12345678', { minimumLength: 16 }); // 'is a placeholder or has fewer than 16 characters'
 * secretWeakness('aaaaaaaaaaaaaaaa'); // 'can be guessed: …'
 * ```
 * @public
 */
export function secretWeakness(
  secret: string,
  { minimumLength = 0 }: { minimumLength?: number } = {},
): string | undefined {
  const text = secret.trim();
  if (text.length < minimumLength || isPlaceholder(text)) {
    return minimumLength > 0
      ? `is a placeholder or has fewer than ${minimumLength} characters`
      : 'is a placeholder';
  }
  if (isRepetition(text) || guessingBits(text.slice(0, 256)) < leastBits) {
    return 'can be guessed: it is made of well-known words, runs over the keyboard or repetitions';
  }
  return undefined;
}

function isPlaceholder(text: string): boolean {
  return instruction.test(text) || exampleOf.test(text) || unfilled.test(text) || documentedSecrets.has(text);
}

/** One text again and again, the last time perhaps cut off. */
function isRepetition(text: string): boolean {
  const folded = text.toLowerCase();
  for (let period = 1; period <= folded.length / 2; period += 1) {
    if (folded.startsWith(folded.slice(period))) return true;
  }
  return false;
}
