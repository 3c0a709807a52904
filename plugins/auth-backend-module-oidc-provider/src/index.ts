/**
 * Sign-in with any OpenID Provider, as a module of the auth plugin.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/plugin-auth-backend-module-oidc-provider'));
 * ```
 * @packageDocumentation
 */
export { createOidcProvider, type OidcProvider } from './authenticator.ts';
export { oidcConfigSchema, type OidcSettings } from './config.ts';
export { authModuleOidcProvider, oidcProviderFactory, authModuleOidcProvider as default } from './module.ts';
export type { OidcResult, OidcTokenSet, OidcUserinfo } from './result.ts';
