/** Wires Acme ID as a module of the auth plugin. */
import { createAuthProviderFeature, createOAuthProviderFactory } from '@vestibule/plugin-auth-node';
import { createAcmeProvider, type AcmeResult } from './authenticator.ts';
import { acmeConfigSchema, type AcmeSettings } from './config.ts';
import { acmeSignInResolvers } from './resolvers.ts';

/** The provider type `acme`, for `registerProvider`. @public */
export const acmeProviderFactory = createOAuthProviderFactory<AcmeSettings, AcmeResult>({
  title: 'Acme ID',
  configSchema: acmeConfigSchema,
  resolvers: acmeSignInResolvers,
  requiredScopes: ['profile'],
  create: createAcmeProvider,
});

/** Installs Acme ID sign-in under provider id `acme`. @public */
export const authModuleAcmeProvider = createAuthProviderFeature({
  providerId: 'acme',
  factory: acmeProviderFactory,
});
