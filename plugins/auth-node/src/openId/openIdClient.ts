/** openid-client, set up for a provider: its calls go through the outbound client and end with the request that makes them. */
import { isHttpsOrLoopback } from '@vestibule/backend-plugin-api';
import {
  allowInsecureRequests,
  ClientSecretPost,
  clockTolerance,
  Configuration,
  customFetch,
  None,
  type ClientAuth,
} from 'openid-client';
import type { ProviderFetch } from '../provider/providerCalls.ts';
import type { IdTokenAlgorithm } from '../provider/verifyIdToken.ts';
import type { OpenIdMetadata } from './openIdMetadata.ts';

/** How a client proves itself at the token endpoint; `none` for a public client. @public */
export type OpenIdClientAuthentication = 'client_secret_basic' | 'client_secret_post' | 'none';

/** What does not change from request to request. */
export interface OpenIdClient {
  clientId: string;
  clientSecret: string | undefined;
  clientAuthentication: OpenIdClientAuthentication;
  idTokenAlgorithm: IdTokenAlgorithm;
}

/**
 * Has openid-client ask by a fetch that is this request's. It reads the fetch of a configuration before it first waits, so that
 * one configuration serves any number of requests at the same time. One that reads it later finds none, and never another's.
 */
export async function askBy<T>(
  fetch: ProviderFetch,
  configuration: Configuration,
  ask: (configuration: Configuration) => Promise<T>,
): Promise<T> {
  configuration[customFetch] = fetch;
  const asked = ask(configuration);
  configuration[customFetch] = nobodys;
  return asked;
}

async function nobodys(): Promise<never> {
  return Promise.reject(new Error('openid-client read its fetch after the call had begun'));
}

/** @param options - `anonymous`: the calls name no client; default false. */
export function configure(
  { clientId, clientSecret, clientAuthentication, idTokenAlgorithm }: OpenIdClient,
  metadata: OpenIdMetadata,
  { anonymous = false }: { anonymous?: boolean } = {},
): Configuration {
  const { userinfo_endpoint: userinfo, revocation_endpoint: revocation, ...required } = metadata;
  const configuration = new Configuration(
    {
      issuer: required.issuer,
      authorization_endpoint: required.authorization_endpoint,
      token_endpoint: required.token_endpoint,
      jwks_uri: required.jwks_uri,
      ...(userinfo !== undefined && { userinfo_endpoint: userinfo }),
      ...(revocation !== undefined && { revocation_endpoint: revocation }),
      ...(required.authorization_response_iss_parameter_supported !== undefined && {
        authorization_response_iss_parameter_supported:
          required.authorization_response_iss_parameter_supported,
      }),
    },
    clientId,
    {
      id_token_signed_response_alg: idTokenAlgorithm,
      // Times are checked by verifyIdToken, with the injected clock.
      [clockTolerance]: Number.MAX_SAFE_INTEGER,
    },
    anonymous ? () => undefined : authenticationBy(clientAuthentication, clientSecret ?? ''),
  );
  // Each call has a deadline of ours; another of openid-client's would only be a timer more.
  configuration.timeout = 0;
  // The endpoints have been checked one by one: plain http is among them only for loopback.
  const endpoints = [required.authorization_endpoint, required.token_endpoint, userinfo, revocation];
  if (endpoints.some(isLoopbackHttp)) allowInsecureRequests(configuration);
  return configuration;
}

function isLoopbackHttp(url: string | undefined): boolean {
  return url?.startsWith('http:') === true && isHttpsOrLoopback(new URL(url));
}

function authenticationBy(method: OpenIdClientAuthentication, clientSecret: string): ClientAuth {
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
