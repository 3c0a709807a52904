/** What is particular to the oidc provider; the relying party itself is `createOpenIdProvider` of `auth-node`. */
import { InputError } from '@vestibule/backend-plugin-api';
import {
  createOpenIdProvider,
  discoveredOpenIdMetadata,
  trustWarning,
  type OAuthProviderOptions,
  type OpenIdProvider,
} from '@vestibule/plugin-auth-node';
import type { OidcSettings } from './config.ts';
import { groupsOf } from './groups.ts';
import { oidcClaimsOf, oidcResultOf, type OidcResult } from './result.ts';

/** A configured OpenID Provider. @public */
export type OidcProvider = OpenIdProvider<OidcResult>;

/**
 * Creates the provider of one block in config. Makes no call.
 *
 * @throws InputError `ERR_PROVIDER_SETTINGS_INVALID` where the client secret is missing.
 * @public
 */
export function createOidcProvider(options: OAuthProviderOptions<OidcSettings>): OidcProvider {
  const { clientId, clientSecret, settings, http, logger, providerId, environment, now } = options;
  if (settings.tokenEndpointAuthMethod !== 'none' && !clientSecret) {
    throw new InputError('ERR_PROVIDER_SETTINGS_INVALID', "'clientSecret' is missing", {
      hint: "A public client has none: set 'tokenEndpointAuthMethod: none'.",
    });
  }
  const warning = trustWarning(settings.dangerouslyTrustUnverifiedEmail);
  if (warning !== undefined) logger.warn(`auth.providers.${providerId}.${environment}: ${warning}`);
  const { metadataUrl, issuer, tenantId, timeout: timeoutMilliseconds, startUrlSearchParams } = settings;
  const { max_age: maxAge } = startUrlSearchParams;
  return createOpenIdProvider({
    metadata: discoveredOpenIdMetadata({ metadataUrl, issuer, tenantId, http, timeoutMilliseconds, now }),
    clientId,
    clientSecret,
    clientAuthentication: settings.tokenEndpointAuthMethod,
    idTokenAlgorithm: settings.tokenSignedResponseAlg,
    userinfoAlgorithm: settings.userinfoSignedResponseAlg,
    configKeys: {
      idTokenAlgorithm: 'tokenSignedResponseAlg',
      userinfoAlgorithm: 'userinfoSignedResponseAlg',
      issuer: 'issuer',
      metadataUrl: 'metadataUrl',
      clientId: 'clientId',
      clientAuthentication: 'tokenEndpointAuthMethod',
    },
    trustUnverifiedEmail: settings.dangerouslyTrustUnverifiedEmail,
    signOutAtProvider: settings.signOutAtProvider,
    backchannelLogout: true,
    timeoutMilliseconds,
    http,
    now,
    parametersOf({ scopes }) {
      const prompt = promptFor(settings.prompt, scopes);
      return { ...(prompt !== undefined && { prompt }), ...startUrlSearchParams };
    },
    resultOf: oidcResultOf,
    claimsOf: oidcClaimsOf,
    evidenceOf: (login) => {
      const { groups } = groupsOf(login, settings.groupsClaim);
      return groups ? { groups } : {};
    },
    unansweredOf: (login, { groups: asked }) => {
      const { unanswered } = groupsOf(login, settings.groupsClaim);
      return asked && unanswered !== undefined ? { groups: unanswered } : {};
    },
    // Entra: the tenant that the issuer was filled with must be the one that the token itself names.
    ...(tenantId !== undefined && { requiredIdTokenClaims: { tid: tenantId } }),
    ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
  });
}

/** Without consent a provider gives no refresh token (OpenID Connect Core 1.0 section 11). */
function promptFor(prompt: string | undefined, scopes: readonly string[]): string | undefined {
  if (prompt === 'auto') return undefined;
  return prompt ?? (scopes.includes('offline_access') ? 'consent' : undefined);
}

/** OpenID Connect Core 1.0 section 11, and then what providers demand of a client besides. */
export function refreshTokenAdvice({
  settings: { prompt, metadataUrl },
  scopes,
  path,
}: {
  settings: Pick<OidcSettings, 'prompt' | 'metadataUrl'>;
  scopes: readonly string[];
  path: string;
}): string {
  if (new URL(metadataUrl).hostname === 'accounts.google.com') {
    // It refuses offline_access. https://developers.google.com/identity/protocols/oauth2/web-server#offline
    return "Use the provider 'google', which asks Google for refresh tokens in the way that it knows.";
  }
  if (!scopes.includes('offline_access')) return `Add offline_access to ${path}.additionalScopes.`;
  if (!(promptFor(prompt, scopes) ?? '').split(' ').includes('consent')) {
    return `Remove ${path}.prompt, or make it 'consent': most providers give a refresh token only with consent.`;
  }
  return 'Allow refresh tokens (offline access) for this client at the provider.';
}
