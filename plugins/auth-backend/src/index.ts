/**
 * Sign-in as a backend plugin: `backend.add(import('@vestibule/plugin-auth-backend'))`.
 *
 * @packageDocumentation
 */
export type {
  CatalogStep,
  GateStep,
  OwnershipStep,
  ResolverStep,
  ShortSessionStep,
  TransformStep,
} from './record/recordDraft.ts';
export { createRecordReader, isRecordReference, type RecordReader } from './record/recordReader.ts';
export type { RecordedError, SignInRecord } from './record/signInRecord.ts';
export { printRecord, printRecordList } from './record/printRecord.ts';
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
