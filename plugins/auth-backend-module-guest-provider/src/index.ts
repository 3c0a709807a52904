/**
 * Sign-in as a guest, for development, as a module of the auth plugin.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/plugin-auth-backend-module-guest-provider'));
 * ```
 * @packageDocumentation
 */
export { createGuestProvider, type GuestResult } from './authenticator.ts';
export { guestConfigSchema, type GuestSettings } from './config.ts';
export {
  authModuleGuestProvider,
  guestProviderFactory,
  authModuleGuestProvider as default,
} from './module.ts';
export { guestProfileTransform, guestResolver } from './resolvers.ts';
