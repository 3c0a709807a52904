/** Reads the decisions that are kept; changes nothing, so that it can stand beside a running backend. */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { tables } from '../database/migrations.ts';
import type { DecisionRecord } from './signInRecord.ts';

/** None older than this is kept or found. */
export const decisionLifetimeMilliseconds = 7 * 86_400_000;

/** Reads decisions. @public */
export interface DecisionReader {
  /** Whether the table is there: a backend with sign-in has been started on this database. */
  isReady(): Promise<boolean>;
  /** The decision with a reference, or `undefined` where none of the last seven days has it. */
  find(reference: string): Promise<DecisionRecord | undefined>;
  /** The newest decisions, newest first. */
  latest(count: number): Promise<DecisionRecord[]>;
}

/** Whether a text can be a reference: ten hexadecimal digits. @public */
export function isDecisionReference(text: string): boolean {
  return /^[0-9a-f]{10}$/.test(text);
}

/**
 * Reads the decisions of the auth plugin.
 *
 * @param database - The database of plugin `auth`.
 * @param clock - `vestibule.clock`, or `systemClock` outside a backend.
 * @public
 */
export function createDecisionReader(database: Knex, clock: ClockService): DecisionReader {
  const alive = () =>
    database<{ reference: string; at: number; record: string }>(tables.decisions).where(
      'at',
      '>=',
      clock.now() - decisionLifetimeMilliseconds,
    );
  return {
    isReady: async () => database.schema.hasTable(tables.decisions),
    async find(reference) {
      if (!isDecisionReference(reference)) return undefined;
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
function readRecord(text: string): DecisionRecord | undefined {
  const record = JSON.parse(text) as Omit<DecisionRecord, 'version'> & { version: number };
  return record.version === 1 ? { ...record, version: 1 } : undefined;
}
