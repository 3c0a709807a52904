/**
 * What tools that tell of sign-in need, and no backend: records and sessions in the database.
 *
 * @packageDocumentation
 */
export { createRecordReader, isRecordReference, type RecordReader } from './record/recordReader.ts';
export { readSessionFilter, type WrittenSessionFilter } from './sessions/readSessionFilter.ts';
export {
  createSessionDirectory,
  type ListedSession,
  type SessionDirectory,
} from './sessions/sessionDirectory.ts';
export { createSessionTable, isSessionTableReady } from './sessions/sessionTable.ts';
