/** Scopes, as RFC 6749 section 3.3 spells them. */

/** Whether a text is one scope-token: printable ASCII without space, `"` and `\`. @public */
export function isScopeToken(text: string): boolean {
  return /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(text);
}
