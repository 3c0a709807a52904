/** Wiring only. */
import {
  createBackendFeatureLoader,
  createBackendModule,
  createServiceFactory,
} from '@vestibule/backend-plugin-api';
import {
  authProviderServiceRef,
  authProvidersExtensionPoint,
  createOAuthProviderFactory,
} from '@vestibule/plugin-auth-node';
import { createOidcProvider, refreshTokenAdvice } from './authenticator.ts';
import { oidcConfigSchema, type OidcSettings } from './config.ts';
import { oidcClaimsOf, type OidcResult } from './result.ts';

/** The type of provider behind the id `oidc`, for `registerProvider`. @public */
export const oidcProviderFactory = createOAuthProviderFactory<OidcSettings, OidcResult>({
  title: 'OpenID Connect',
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

/** OpenID Connect as a service, which other modules can look up. @public */
export const oidcProviderServiceFactory = createServiceFactory({
  service: authProviderServiceRef,
  deps: {},
  factory: () => ({ providerId: 'oidc', factory: oidcProviderFactory }),
});

/** Installs sign-in with an OpenID Provider under provider id `oidc`. @public */
export const authModuleOidcProvider = createBackendModule({
  pluginId: 'auth',
  moduleId: 'oidc-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({ providerId: 'oidc', factory: oidcProviderFactory });
      },
    });
  },
});

/** What `backend.add(import('…'))` adds: the module, and the provider as a service. @public */
export const oidcProviderFeatures = createBackendFeatureLoader({
  loader: () => [authModuleOidcProvider, oidcProviderServiceFactory],
});
