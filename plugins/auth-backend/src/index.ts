/**
 * Sign-in as a backend plugin: `backend.add(import('@vestibule/plugin-auth-backend'))`.
 *
 * @packageDocumentation
 */
export { setupErrorCodes } from './errors.ts';
export { authPlugin, authPlugin as default } from './plugin.ts';
export { getDefaultOwnershipEntityRefs } from '@vestibule/plugin-auth-node';
