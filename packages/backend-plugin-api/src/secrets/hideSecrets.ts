/**
 * Takes known secrets out of a text, and nothing else. A secret may be a word that is also a key, an id, a part of a host or
 * of a package's name; where such a word stands as that, nothing is kept by hiding it, and a report that has lost its keys
 * and addresses tells nobody what to do.
 */
import { placeholderWords } from './knownText.ts';

/** Options of {@link createSecretHider}. @public */
export interface SecretHiderOptions {
  /** The values, in every form in which they may turn up. */
  readonly secrets: Iterable<string>;
  /** The config, or the part of it that texts are about: its keys, and the ids among its values, are never hidden. */
  readonly config?: unknown;
  /** What stands in place of a secret. Default `(redacted)`. */
  readonly placeholder?: string;
  /** Shorter ones are ignored: they would cut ordinary words to pieces. Default 4. */
  readonly minimumLength?: number;
}

/**
 * A function that hides them.
 *
 * A secret of random characters is hidden wherever it stands. One that is a plain word or a number is hidden where it stands
 * for itself, and not inside a longer word, a path of keys or a host (`auth.keys.development`), the name of a scoped package,
 * or the host and port of a URL. A word that everybody writes as a placeholder (`secret`) is hidden where it is the whole text
 * or stands as a credential (`password: secret`). One that is a key of the config, or its `environment` or `type`, is not
 * hidden at all.
 *
 * @example
 * ```ts
 * const hide = createSecretHider({ secrets: ['development', 'xk3-9Qz'], config: config.getOptional() });
 * hide('auth.github.development: xk3-9Qz'); // 'auth.github.development: (redacted)'
 * ```
 * @public
 */
export function createSecretHider(options: SecretHiderOptions): (text: string) => string {
  const { secrets, config, placeholder = '(redacted)', minimumLength = 4 } = options;
  const names = namesIn(config);
  const known = [...new Set(secrets)].filter((one) => one.length >= minimumLength && !names.has(one));
  const placeholders = known.filter((one) => placeholderWords.has(one.toLowerCase()));
  const words = known.filter((one) => isPlainWord(one) && !placeholders.includes(one));
  const random = patternOf(known.filter((one) => !words.includes(one) && !placeholders.includes(one)));
  const word = patternOf(words, '(?<![\\p{L}\\p{N}_-])', '(?![\\p{L}\\p{N}_-])');
  const credential = patternOf(placeholders, asCredential, '(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])');
  return (text) => {
    if (placeholders.includes(text.trim())) return placeholder;
    const withoutRandom = random ? text.replace(random, placeholder) : text;
    const clean = credential ? withoutRandom.replace(credential, placeholder) : withoutRandom;
    if (!word) return clean;
    let hidden = '';
    let end = 0;
    for (const match of clean.matchAll(keptSpans)) {
      const [span] = match;
      hidden += clean.slice(end, match.index).replace(word, placeholder);
      // A word with dots that is the secret stands for itself; a host is an address all the same.
      hidden += words.includes(span) && match.groups?.authority === undefined ? placeholder : span;
      end = match.index + span.length;
    }
    return hidden + clean.slice(end).replace(word, placeholder);
  };
}

/**
 * Host and port of a URL (RFC 3986 section 3.2, without the user information), the name of a scoped package, and words with
 * dots between them: keys, hosts, files, services.
 */
const keptSpans =
  /(?<authority>(?<=:\/\/(?:[^\s/?#@"'<>]{0,256}@)?)[^\s/?#@"'<>]{1,256}(?![^\s/?#"'<>]{0,256}@))|(?<![\p{L}\p{N}_.-])@[a-z0-9][\w-]*\/[\w.-]+|(?<![\p{L}\p{N}_$.-])[\p{L}\p{N}_$-]+(?:\[[^\]\s]{1,64}\])*(?:\.[\p{L}\p{N}_$-]+(?:\[[^\]\s]{1,64}\])*)+(?::\d+)*/giu;

/** What stands before a credential: the name of its field, the user of a URL, the scheme of a header. */
const asCredential = String.raw`(?<=(?:[sS]ecret|SECRET|[pP]ass(?:word|wd|phrase)|PASSWORD|[pP]wd|[tT]oken|TOKEN|[kK]ey|KEY)["']?\s{0,4}[:=]\s{0,4}["']?|:\/\/[^\s\/?#@"'<>]{0,256}:|[aA]uthorization["']?\s{0,4}[:=]\s{0,4}["']?[bB]earer\s)`;

/** Letters, perhaps several words of them, or a short number: such a value turns up by chance. */
function isPlainWord(secret: string): boolean {
  return /^(?:\p{L}+(?:[ ._-]\p{L}+)*\d{0,2}|\d{1,6})$/u.test(secret);
}

/** Every key, and the values that are ids. */
function namesIn(config: unknown, found = new Set<string>()): Set<string> {
  if (typeof config !== 'object' || config === null) return found;
  for (const [key, value] of Object.entries(config)) {
    if (!Array.isArray(config)) found.add(key);
    if ((key === 'environment' || key === 'type') && typeof value === 'string') found.add(value);
    namesIn(value, found);
  }
  return found;
}

function patternOf(values: readonly string[], before = '', after = ''): RegExp | undefined {
  if (values.length === 0) return undefined;
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  const any = longestFirst.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|');
  return new RegExp(`${before}(?:${any})${after}`, 'gu');
}
