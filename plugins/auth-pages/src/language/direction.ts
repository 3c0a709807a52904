/** Which way a language is written. */

/** Scripts that run from right to left (ISO 15924, Unicode's Bidi_Class R and AL), of languages that are written today. */
const fromRight = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi']);

export type Direction = 'ltr' | 'rtl';

/** By the script that the tag names or implies: `ar` is written from right to left, `az-Latn` is not. */
export function directionOf(language: string): Direction {
  const { script = '' } = new Intl.Locale(language).maximize();
  return fromRight.has(script) ? 'rtl' : 'ltr';
}

/** Whether it is a language tag in its canonical spelling (RFC 5646 section 4.5), for example `pt-BR`. */
export function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}
