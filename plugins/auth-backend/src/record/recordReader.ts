/** Reads the decisions that are kept; changes nothing, so that it can stand beside a running backend. */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import type { SignInRecord } from '@vestibule/plugin-auth-node';
import { tables } from '../database/migrations.ts';

/** None older than this is kept or found. */
export const recordLifetimeMilliseconds = 7 * 86_400_000;

/** Reads decisions. @public */
export interface RecordReader {
  /** Whether the table is there: a backend with sign-in has been started on this database. */
  isReady(): Promise<boolean>;
  /** The decision with a reference, or `undefined` where none of the last seven days has it. */
  find(reference: string): Promise<SignInRecord | undefined>;
  /** The newest decisions, newest first. */
  latest(count: number): Promise<SignInRecord[]>;
}

/** Whether a text can be a reference: ten hexadecimal digits. @public */
export function isRecordReference(text: string): boolean {
  return /^[0-9a-f]{10}$/.test(text);
}

/**
 * Reads the decisions of the auth plugin.
 *
 * @param database - The database of plugin `auth`.
 * @param clock - `vestibule.clock`, or `systemClock` outside a backend.
 * @public
 */
export function createRecordReader(database: Knex, clock: ClockService): RecordReader {
  const alive = () =>
    database<{ reference: string; at: number; record: string }>(tables.records).where(
      'at',
      '>=',
      clock.now() - recordLifetimeMilliseconds,
    );
  return {
    isReady: async () => database.schema.hasTable(tables.records),
    async find(reference) {
      if (!isRecordReference(reference)) return undefined;
      const row = await alive().where({ reference }).first('record');
      return row && readRecord(row.record);
    },
    async latest(count) {
      const rows = await alive()
        .orderBy([{ column: 'at', order: 'desc' }, 'reference'])
        .limit(count)
        .select('record');
      return rows.flatMap(({ record }) => readRecord(record) ?? []);
    },
  };
}

/** A record of a later version, written by a replica that is ahead, is not understood here. */
function readRecord(text: string): SignInRecord | undefined {
  const record = JSON.parse(text) as Omit<SignInRecord, 'version'> & { version: number };
  return record.version === 1 ? { ...record, version: 1 } : undefined;
}
