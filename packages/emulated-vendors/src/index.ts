/**
 * GitHub and Google on loopback, for tests of sign-in.
 *
 * @packageDocumentation
 */
export type { EmulatedClient, EmulatedPerson, EmulatedRequest, EmulatedVendor } from './emulatedVendor.ts';
export {
  startEmulatedGitHub,
  type EmulatedOrganization,
  type StartEmulatedGitHubOptions,
} from './startEmulatedGitHub.ts';
export { startEmulatedGoogle, type StartEmulatedGoogleOptions } from './startEmulatedGoogle.ts';
