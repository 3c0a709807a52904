/** Wiring only. */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { authProvidersExtensionPoint, createOAuthProviderFactory } from '@vestibule/plugin-auth-node';
import { createOidcProvider } from './authenticator.ts';
import { oidcConfigSchema, type OidcSettings } from './config.ts';
import type { OidcResult } from './result.ts';

/** The type of provider behind the id `oidc`, for `registerProvider`. @public */
export const oidcProviderFactory = createOAuthProviderFactory<OidcSettings, OidcResult>({
  title: 'OpenID Connect',
  configSchema: oidcConfigSchema,
  // A public client (tokenEndpointAuthMethod: none) has no secret.
  clientSecret: 'optional',
  requiredScopes: ['openid', 'profile', 'email'],
  persistsScopes: true,
  create: createOidcProvider,
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
