/**
 * What tools that tell of sign-in need, and no backend: records in the database.
 *
 * @packageDocumentation
 */
export { createRecordReader, isRecordReference, type RecordReader } from './record/recordReader.ts';
