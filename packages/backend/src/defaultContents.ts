/** What the default backend would ask of a config, for tools that look at one without starting anything. */
import { bootConfigSchema } from '@vestibule/backend-core';
import * as defaults from '@vestibule/backend-defaults';
import type { Config, JsonValue, OwnedConfigSchema } from '@vestibule/backend-plugin-api';
import authPlugin from '@vestibule/plugin-auth-backend';
import { githubProviderFactory } from '@vestibule/plugin-auth-backend-module-github-provider';
import { googleProviderFactory } from '@vestibule/plugin-auth-backend-module-google-provider';
import { guestProviderFactory } from '@vestibule/plugin-auth-backend-module-guest-provider';
import { oidcProviderFactory } from '@vestibule/plugin-auth-backend-module-oidc-provider';
import type { AuthProvider } from '@vestibule/plugin-auth-node';
import signInPage from '@vestibule/plugin-auth-web';
import { fileCatalogServiceFactory } from '@vestibule/plugin-catalog-client';

/** Every schema that a start checks this config against, but for those of single providers. @public */
export function defaultConfigSchemas(config: Config): OwnedConfigSchema[] {
  const parts = [
    ...Object.values(defaults),
    authPlugin,
    signInPage,
    ...(namesFileCatalog(config.getOptional('fileCatalog')) ? [fileCatalogServiceFactory] : []),
  ];
  return [
    { schema: bootConfigSchema, owner: 'the backend' },
    ...parts.flatMap((part) =>
      typeof part === 'object' && 'configSchema' in part && typeof part.configSchema === 'object'
        ? [{ schema: part.configSchema, owner: 'the backend' }]
        : [],
    ),
  ];
}

/** Also where it is no object, which its schema then says. */
function namesFileCatalog(value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined && value !== null;
  return Array.isArray(value) || (value['path'] ?? null) !== null;
}

/** The providers that it installs, as `registerProvider` takes them. @public */
export const defaultProviders: readonly AuthProvider[] = [
  { providerId: 'github', factory: githubProviderFactory },
  { providerId: 'google', factory: googleProviderFactory },
  { providerId: 'guest', factory: guestProviderFactory },
  { providerId: 'oidc', factory: oidcProviderFactory },
];
