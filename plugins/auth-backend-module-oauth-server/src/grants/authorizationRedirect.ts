/** The address that takes an answer back to the client. */

/**
 * Adds the parameters to what stands in the query already (RFC 6749 section 3.1.2), and says who answers, so that a client
 * of several servers is not made to send a code to the wrong one (RFC 9207).
 *
 * @param redirectUri - Proven before: of URL characters, without a fragment, and one that the client registered.
 */
export function answerUrl(
  redirectUri: string,
  { issuer, ...parameters }: Readonly<Record<string, string | undefined>> & { issuer: string },
): string {
  const answer = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...parameters, iss: issuer })) {
    if (value !== undefined) answer.set(name, value);
  }
  // The client's own part stays as it is, to the letter: a client compares it with what it registered.
  const separator = !redirectUri.includes('?') ? '?' : /[?&]$/.test(redirectUri) ? '' : '&';
  return `${redirectUri}${separator}${answer}`;
}
