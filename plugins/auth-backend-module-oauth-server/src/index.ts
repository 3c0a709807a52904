/**
 * The OAuth server, which lets programs act for a user who approves, as a module of the auth plugin.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/plugin-auth-backend-module-oauth-server'));
 * ```
 * @packageDocumentation
 */
export { authModuleOAuthServer, oauthServerFeatures, oauthServerFeatures as default } from './module.ts';
