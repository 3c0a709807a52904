/** Where a GitHub has what. https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */

/** The addresses of one GitHub. */
export interface GitHubEndpoints {
  /** Whose accounts they are: the issuer of the sessions, for example `https://github.com`. */
  base: string;
  /** What GitHub calls itself in the callback (RFC 9207). */
  callbackIssuer: string;
  authorization: string;
  token: string;
  /** The REST API, without a slash at the end. */
  api: string;
}

/** @param instanceUrl - An Enterprise; default github.com. */
export function endpointsOf(instanceUrl = 'https://github.com'): GitHubEndpoints {
  return {
    base: instanceUrl,
    callbackIssuer: `${instanceUrl}/login/oauth`,
    authorization: `${instanceUrl}/login/oauth/authorize`,
    token: `${instanceUrl}/login/oauth/access_token`,
    api: apiOf(instanceUrl),
  };
}

/** On github.com and its tenants with data residency the API has a host of its own; a server has it under a path. */
function apiOf(instanceUrl: string): string {
  const { protocol, host, hostname } = new URL(instanceUrl);
  const hasOwnHost = hostname === 'github.com' || hostname.endsWith('.ghe.com');
  return hasOwnHost ? `${protocol}//api.${host}` : `${instanceUrl}/api/v3`;
}
