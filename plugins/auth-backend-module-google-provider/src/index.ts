/**
 * Sign-in with Google, as a module of the auth plugin.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/plugin-auth-backend-module-google-provider'));
 * ```
 * @packageDocumentation
 */
export { createGoogleProvider, type GoogleProvider } from './authenticator.ts';
export { googleConfigSchema, type GoogleSettings } from './config.ts';
export { googleEndpoints } from './endpoints.ts';
export {
  authModuleGoogleProvider,
  createGoogleProviderFactory,
  googleProviderFactory,
  authModuleGoogleProvider as default,
} from './module.ts';
export { googleSignInResolvers } from './resolvers.ts';
