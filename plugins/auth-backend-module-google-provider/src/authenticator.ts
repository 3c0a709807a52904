/** The facts of Google; the relying party itself, with its checks, is `createOpenIdProvider` of `auth-node`. */
import {
  createOpenIdProvider,
  fixedOpenIdMetadata,
  normalizeDomain,
  type GateEvidence,
  type OAuthProviderOptions,
  type OAuthResult,
  type OpenIdLogin,
  type OpenIdMetadata,
  type OpenIdProvider,
} from '@vestibule/plugin-auth-node';
import type { GoogleSettings } from './config.ts';
import { googleEndpoints } from './endpoints.ts';
import { googleClaimsOf, googleResultOf } from './result.ts';

const timeoutMilliseconds = 10_000;

/** Google, configured. @public */
export type GoogleProvider = OpenIdProvider<OAuthResult>;

/**
 * Creates the provider of one block in config. Makes no call.
 *
 * @param endpoints - Default: Google's own.
 * @public
 */
export function createGoogleProvider(
  options: OAuthProviderOptions<GoogleSettings>,
  endpoints: OpenIdMetadata = googleEndpoints,
): GoogleProvider {
  const { clientId, clientSecret, settings, http, now } = options;
  return createOpenIdProvider({
    metadata: fixedOpenIdMetadata(endpoints),
    clientId,
    clientSecret,
    clientAuthentication: 'client_secret_post',
    idTokenAlgorithm: 'RS256',
    configKeys: { clientId: 'clientId' },
    // https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke: the token, and nothing else.
    anonymousRevocation: true,
    timeoutMilliseconds,
    http,
    now,
    parametersOf: ({ questions }) => ({
      // https://developers.google.com/identity/protocols/oauth2/web-server#creatingclient
      access_type: 'offline',
      include_granted_scopes: 'true',
      ...(settings.prompt !== 'auto' && { prompt: settings.prompt ?? 'consent' }),
      ...hostedDomainHint(questions?.hostedDomains),
    }),
    resultOf: googleResultOf,
    claimsOf: googleClaimsOf,
    evidenceOf: hostedDomainOf,
  });
}

/**
 * Has Google offer the accounts that can pass. No more than a convenience: whoever holds the browser can change it
 * (https://developers.google.com/identity/openid-connect/openid-connect#hd-param).
 */
function hostedDomainHint(asked: readonly string[] = []): { hd?: string } {
  const domains = new Set(asked.flatMap((domain) => normalizeDomain(domain) ?? []));
  const [domain] = domains;
  return domain === undefined ? {} : { hd: domains.size === 1 ? domain : '*' };
}

/**
 * The organization that owns the account: what the signed ID token says of it, never the domain of the address, which an
 * outsider's account can have as well. A private account belongs to none.
 *
 * A refresh without a new ID token repeats what a signed one said before, as long as userinfo still says the same.
 */
function hostedDomainOf({ claims, userinfo = claims, idTokenClaims, earlier }: OpenIdLogin): GateEvidence {
  if (idTokenClaims) {
    const { hd } = idTokenClaims;
    return { hostedDomains: typeof hd === 'string' && hd !== '' ? [hd] : [] };
  }
  const known = earlier?.evidence?.hostedDomains;
  return known ? { hostedDomains: known.filter((domain) => domain === userinfo['hd']) } : {};
}
