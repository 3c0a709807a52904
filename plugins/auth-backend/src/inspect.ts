/**
 * What tools that tell of sign-in need, and no backend: records in the database, and the provider modules that there are.
 *
 * @packageDocumentation
 */
export {
  backstageProviders,
  commonKeys,
  commonProxyKeys,
  emailResolvers,
  isKnownProviderType,
  packageOfProvider,
  type BackstageProvider,
} from './providers/providerModules.ts';
export { createRecordReader, isRecordReference, type RecordReader } from './record/recordReader.ts';
