/** Wiring only. */
import { createAuthProviderFeature, createOAuthProviderFactory } from '@vestibule/plugin-auth-node';
import { createOidcProvider, refreshTokenAdvice } from './authenticator.ts';
import { oidcConfigSchema, type OidcSettings } from './config.ts';
import { oidcFromBackstage } from './fromBackstage.ts';
import { oidcClaimsOf, type OidcResult } from './result.ts';

/** The type of provider behind the id `oidc`, for `registerProvider`. @public */
export const oidcProviderFactory = createOAuthProviderFactory<OidcSettings, OidcResult>({
  title: 'OpenID Connect',
  icon: 'openid',
  fromBackstage: oidcFromBackstage,
  configSchema: oidcConfigSchema,
  // A public client (tokenEndpointAuthMethod: none) has no secret.
  clientSecret: 'optional',
  requiredScopes: ['openid', 'profile', 'email'],
  persistsScopes: true,
  // Providers differ in what a groups claim takes: `additionalScopes` says so where it takes a scope.
  gates: { users: { scopes: [] }, groups: { scopes: [] } },
  claimsOf: oidcClaimsOf,
  refreshTokenAdvice,
  create: createOidcProvider,
});

/** Installs sign-in with an OpenID Provider under provider id `oidc`. @public */
export const authModuleOidcProvider = createAuthProviderFeature({
  providerId: 'oidc',
  factory: oidcProviderFactory,
});
