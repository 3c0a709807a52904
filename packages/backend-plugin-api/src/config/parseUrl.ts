/** Reading URLs. */

/**
 * The URL that a text is; `undefined` where it is none. Use it instead of `URL.canParse`, which Node 20 and 22 get wrong:
 * called a few thousand times, it says no to every text with a letter such as `ü`.
 *
 * @param text - Absolute, for example `https://example.com/path`.
 * @public
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
