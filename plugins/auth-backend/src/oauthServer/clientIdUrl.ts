/** Client ids that are URLs (draft-ietf-oauth-client-id-metadata-document section 3). */

const maximumLength = 1500;
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The URL of a metadata document, in its one normal form: https, with a path; no user name, query, fragment, or dot
 * segment. `http` is for documents on this machine, in development.
 *
 * @returns `undefined` for any other text, which may be an id of another kind.
 */
export function parseClientIdUrl(clientId: string, isDevelopment: boolean): URL | undefined {
  // The parser mends what is written in another way; whoever compares texts would see another client.
  if (clientId.length > maximumLength || !URL.canParse(clientId)) return undefined;
  const url = new URL(clientId);
  const isOnThisMachine = url.protocol === 'http:' && isDevelopment && loopbackHosts.has(url.hostname);
  const isPlain =
    url.href === clientId &&
    url.pathname !== '/' &&
    url.username === '' &&
    url.password === '' &&
    !/[?#]|%(?:2f|5c)/i.test(clientId);
  return isPlain && (url.protocol === 'https:' || isOnThisMachine) ? url : undefined;
}
