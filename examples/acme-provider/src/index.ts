/**
 * Example: sign-in with a vendor of your own.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/example-acme-provider'));
 * ```
 * @packageDocumentation
 */
export { createAcmeProvider, type AcmeProvider, type AcmeResult } from './authenticator.ts';
export { acmeConfigSchema, type AcmeSettings } from './config.ts';
export { acmeProviderFactory, authModuleAcmeProvider, authModuleAcmeProvider as default } from './module.ts';
export { acmeSignInResolvers } from './resolvers.ts';
