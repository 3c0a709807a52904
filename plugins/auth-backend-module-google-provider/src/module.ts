/** Wiring only. */
import {
  createAuthProviderFeature,
  createOAuthProviderFactory,
  type AuthProviderFactory,
  type OAuthResult,
  type OpenIdMetadata,
} from '@vestibule/plugin-auth-node';
import { createGoogleProvider } from './authenticator.ts';
import { googleConfigSchema, type GoogleSettings } from './config.ts';
import { googleSignInResolvers } from './resolvers.ts';
import { googleClaimsOf } from './result.ts';

/**
 * Google as a type of provider, for `registerProvider`.
 *
 * @param options - `endpoints`: for tests against a stand-in that speaks as Google does; https, or http to loopback.
 *   Default: Google's own.
 * @example
 * ```ts
 * providers.registerProvider({ providerId: 'google', factory: createGoogleProviderFactory({ endpoints: ofStandIn }) });
 * ```
 * @public
 */
export function createGoogleProviderFactory(
  options: { endpoints?: OpenIdMetadata | undefined } = {},
): AuthProviderFactory {
  const { endpoints } = options;
  return createOAuthProviderFactory<GoogleSettings, OAuthResult>({
    title: 'Google',
    icon: 'google',
    fromBackstage: { addressAdvice: () => 'Nothing to do.' },
    configSchema: googleConfigSchema,
    resolvers: googleSignInResolvers,
    requiredScopes: [
      'openid',
      'https://www.googleapis.com/auth/userinfo.email',
      'https://www.googleapis.com/auth/userinfo.profile',
    ],
    gates: { users: { scopes: [] }, hostedDomains: { scopes: [] } },
    claimsOf: googleClaimsOf,
    // https://developers.google.com/identity/protocols/oauth2/web-server#offline
    refreshTokenAdvice: ({ settings: { prompt = 'consent' }, path }) =>
      prompt.split(' ').includes('consent')
        ? 'Register the client at Google as a web application: others get no refresh token.'
        : `Remove ${path}.prompt, or make it 'consent': otherwise Google gives a refresh token at the first sign-in only.`,
    create: (provider) => createGoogleProvider(provider, endpoints),
  });
}

/** The type of provider behind the id `google`, for `registerProvider`. @public */
export const googleProviderFactory = createGoogleProviderFactory();

/** Installs Google sign-in under provider id `google`. @public */
export const authModuleGoogleProvider = createAuthProviderFeature({
  providerId: 'google',
  factory: googleProviderFactory,
});
