/**
 * Sign-in as a backend plugin: `backend.add(import('@vestibule/plugin-auth-backend'))`.
 *
 * @packageDocumentation
 */
export { createRecordReader, isRecordReference, type RecordReader } from './record/recordReader.ts';
export { setupErrorCodes } from './errors.ts';
export {
  backstageProviders,
  commonKeys,
  commonProxyKeys,
  emailResolvers,
  isKnownProviderType,
  packageOfProvider,
  type BackstageProvider,
} from './providers/providerModules.ts';
export { authPlugin, authPlugin as default } from './plugin.ts';
export { getDefaultOwnershipEntityRefs } from '@vestibule/plugin-auth-node';
export { tryLogin, type TrialConfig, type TrialLogin, type TrialOutcome } from './testKit.ts';
