/** What an operator can change where the token endpoint does not know the client. */
import { ProviderRefusedError } from '../errors.ts';
import type { OpenIdConfigKeys } from '../provider/verifySignedDocument.ts';
import type { OpenIdClientAuthentication } from './openIdClient.ts';
import type { OpenIdMetadata } from './openIdMetadata.ts';

/** Errors that say how the client proves itself is wrong (RFC 6749 section 5.2). */
const aboutClient: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client']);

/** The error, with how the client proves itself and how the provider says that it may. */
export function withClientAdvice(
  error: Error,
  {
    options,
    metadata,
  }: {
    options: { clientAuthentication: OpenIdClientAuthentication; configKeys?: OpenIdConfigKeys };
    metadata: OpenIdMetadata;
  },
): Error {
  if (!(error instanceof ProviderRefusedError) || !aboutClient.has(error.providerError)) return error;
  const { clientAuthentication: method, configKeys: { clientAuthentication: key, clientId } = {} } = options;
  const { token_endpoint_auth_methods_supported: listed } = metadata;
  const { hint = '', providerMessage } = error;
  const advice =
    key !== undefined && listed?.includes('client_secret_post') && !listed.includes(method)
      ? `Set '${key}: client_secret_post'.`
      : `Compare ${clientId ?? 'the client id'} and the client secret with the provider${key === undefined ? '' : `; some take the secret only one way, see '${key}'`}.`;
  return new ProviderRefusedError(error.providerError, {
    hint: `${hint} ${advice}`,
    details: {
      // OpenID Connect Discovery 1.0 section 3: what holds where the metadata lists none.
      expected: `${listed?.join(', ') ?? 'client_secret_basic'}, by the metadata`,
      given: method,
      ...(key !== undefined && { 'changed by': key }),
    },
    ...(providerMessage !== undefined && { providerMessage }),
  });
}
