/** Client ids that are URLs (draft-ietf-oauth-client-id-metadata-document section 3). */
import { isLoopback, parseUrl } from '@vestibule/backend-plugin-api';

const maximumLength = 1500;

/**
 * The URL of a metadata document, in its one normal form: https, with a path; no user name, query, fragment, or dot
 * segment. `http` is for documents on this machine, in development.
 *
 * @returns `undefined` for any other text, which may be an id of another kind.
 */
export function parseClientIdUrl(clientId: string, isDevelopment: boolean): URL | undefined {
  // The parser mends what is written in another way; whoever compares texts would see another client.
  const url = clientId.length > maximumLength ? undefined : parseUrl(clientId);
  if (!url) return undefined;
  const isOnThisMachine = url.protocol === 'http:' && isDevelopment && isLoopback(url);
  const isPlain =
    url.href === clientId &&
    url.pathname !== '/' &&
    url.username === '' &&
    url.password === '' &&
    !/[?#]|%(?:2f|5c)/i.test(clientId);
  return isPlain && (url.protocol === 'https:' || isOnThisMachine) ? url : undefined;
}
