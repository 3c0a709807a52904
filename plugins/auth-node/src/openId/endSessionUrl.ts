/** Where a browser signs out at a provider (OpenID Connect RP-Initiated Logout 1.0 section 2). */
import type { EndSessionRequest } from '../provider/oauthProvider.ts';
import type { OpenIdMetadata } from './openIdMetadata.ts';

/** It stands in an address, and servers read no longer ones; without it the provider asks whom it should sign out. */
const longestHint = 4096;

/** @returns `undefined` where the provider announces no such address. */
export function endSessionUrl(
  { end_session_endpoint: endpoint }: OpenIdMetadata,
  { clientId, idToken, returnUrl, state }: Omit<EndSessionRequest, 'signal'> & { clientId: string },
): URL | undefined {
  if (endpoint === undefined) return undefined;
  const url = new URL(endpoint);
  if (idToken !== undefined && idToken.length <= longestHint) url.searchParams.set('id_token_hint', idToken);
  // The provider knows by it whose return addresses count, where no ID token says so.
  else url.searchParams.set('client_id', clientId);
  url.searchParams.set('post_logout_redirect_uri', returnUrl);
  url.searchParams.set('state', state);
  return url;
}
