/** Text of others, made safe to print. */

/**
 * Makes a text safe to print on one line: no request can forge a line or steer a terminal with what it quotes (CWE-117,
 * CWE-150).
 *
 * @public
 */
export function plainText(text: string): string {
  return text
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(
      /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
