/** The metadata document of the command that comes with Backstage. It is ours, so nothing is fetched for it. */

/** @see cliClientDocument */
export interface CliClientDocument {
  readonly client_id: string;
  readonly client_name: string;
  readonly redirect_uris: readonly string[];
  readonly response_types: readonly string[];
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_method: 'none';
  readonly scope: string;
}

/** The document below a base URL of the plugin, as Backstage's command expects it. */
export function cliClientDocument(baseUrl: string): CliClientDocument {
  return {
    client_id: `${baseUrl}/.well-known/oauth-client/cli.json`,
    client_name: 'Backstage CLI',
    redirect_uris: ['http://127.0.0.1:8055/callback'],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'none',
    scope: 'openid offline_access',
  };
}
