/** Addresses to which browsers are sent back: what others wrote into them stays as it is. */

/** What a URL consists of (RFC 3986 appendix A). */
const urlCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;

/**
 * The address byte for byte, where it is an absolute URL written with the characters of one; otherwise its normal form.
 *
 * A browser reads both alike. Anything else has to be brought into the form that was matched: `http:evil.example` and
 * `http:\\evil.example` are relative for one reader and absolute for another.
 *
 * @param text - Parsed and matched before.
 */
export function asGiven(text: string): string {
  const { protocol, href } = new URL(text);
  return text.startsWith(`${protocol}//`) && urlCharacters.test(text) ? text : href;
}

/**
 * Adds parameters to the query, before the fragment, and keeps the rest to the letter (RFC 6749 section 3.1.2). Those
 * without a value are left out.
 */
export function appendParameters(
  address: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) added.set(name, value);
  }
  const hash = address.indexOf('#');
  const [head, fragment] = hash < 0 ? [address, ''] : [address.slice(0, hash), address.slice(hash)];
  const separator = !head.includes('?') ? '?' : /[?&]$/.test(head) ? '' : '&';
  return `${head}${separator}${added}${fragment}`;
}
