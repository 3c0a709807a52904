/** openid-client, set up for one incoming request: its calls go through the outbound client and end with the request. */
import type { OutboundHttp } from '@vestibule/outbound-http';
import { createProviderFetch, isHttpsOrLoopback } from '@vestibule/plugin-auth-node';
import {
  allowInsecureRequests,
  ClientSecretPost,
  clockTolerance,
  Configuration,
  customFetch,
  None,
  type ClientAuth,
} from 'openid-client';
import type { OidcSettings } from './config.ts';
import type { OidcMetadata } from './metadata.ts';

/** What does not change from request to request. */
export interface OidcClient {
  clientId: string;
  clientSecret: string | undefined;
  settings: OidcSettings;
  http: OutboundHttp;
}

/** @param options - `json`: whether the answers must be JSON; default true. */
export function configure(
  { clientId, clientSecret, settings, http }: OidcClient,
  metadata: OidcMetadata,
  { signal, json }: { signal: AbortSignal; json?: boolean },
): Configuration {
  const configuration = new Configuration(
    metadata,
    clientId,
    {
      id_token_signed_response_alg: settings.tokenSignedResponseAlg,
      // Times are checked by verifyIdToken, with the injected clock.
      [clockTolerance]: Number.MAX_SAFE_INTEGER,
    },
    clientAuthentication(settings.tokenEndpointAuthMethod, clientSecret ?? ''),
  );
  configuration[customFetch] = createProviderFetch({
    http,
    signal,
    timeoutMilliseconds: settings.timeout,
    ...(json !== undefined && { json }),
  });
  // The endpoints have been checked one by one: plain http is among them only for loopback.
  const endpoints = [metadata.token_endpoint, metadata.userinfo_endpoint, metadata.authorization_endpoint];
  if ([...endpoints, metadata.revocation_endpoint ?? ''].some((url) => isLoopbackHttp(url))) {
    allowInsecureRequests(configuration);
  }
  return configuration;
}

function isLoopbackHttp(url: string): boolean {
  return url.startsWith('http:') && isHttpsOrLoopback(new URL(url));
}

function clientAuthentication(
  method: OidcSettings['tokenEndpointAuthMethod'],
  clientSecret: string,
): ClientAuth {
  if (method === 'none') return None();
  if (method === 'client_secret_post') return ClientSecretPost(clientSecret);
  return basicAuthentication(clientSecret);
}

/**
 * HTTP Basic with id and secret form-encoded (RFC 6749 section 2.3.1), but `-`, `_`, `.`, `!`, `~`, `*`, `'`, `(` and `)`
 * as they are, unlike openid-client 6 does it: providers that do not decode then still accept the usual secrets.
 */
function basicAuthentication(clientSecret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    const [id, secret] = [client.client_id, clientSecret].map((text) =>
      encodeURIComponent(text).replaceAll('%20', '+'),
    );
    headers.set('authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`);
  };
}
