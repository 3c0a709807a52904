/**
 * What tools that tell of sign-in need, and no backend: records, sessions and keys in the database.
 *
 * @packageDocumentation
 */
export {
  createKeyManager,
  keyPlaceOf,
  type KeyManager,
  type KeyPlace,
  type ManagedKey,
} from './keys/manageKeys.ts';
export { createRecordReader, isRecordReference, type RecordReader } from './record/recordReader.ts';
export { readSessionFilter, type WrittenSessionFilter } from './sessions/readSessionFilter.ts';
export {
  createSessionDirectory,
  type ListedSession,
  type SessionDirectory,
} from './sessions/sessionDirectory.ts';
export { createSessionTable, isSessionTableReady } from './sessions/sessionTable.ts';
