/**
 * Keeps decisions in the database, for `vestibule explain`: the last thousand of seven days, of all replicas together.
 *
 * Sign-in never waits for it. An allowed sign-in's record is written within a second, together with others; a refusal's
 * is written before the page is sent, but no longer than a deadline. When the database is away, or too much comes at
 * once, records stand in the log only.
 *
 * Who can make somebody's sign-in fail must not be able to push out what others want explained, so records come in
 * shares, each with its own rate and its own part of the table.
 */
import { withDeadline, type ClockService, type LoggerService } from '@vestibule/backend-plugin-api';
import type { SignInRecord, SignInRecordShare } from '@vestibule/plugin-auth-node';
import type { AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { createRecordReader, recordLifetimeMilliseconds } from './recordReader.ts';

/** Most records of a second, in one process, and most that are kept. */
const shares: Readonly<Record<SignInRecordShare, { perSecond: number; rows: number }>> = {
  login: { perSecond: 50, rows: 1000 },
  session: { perSecond: 20, rows: 250 },
  unproven: { perSecond: 20, rows: 250 },
};
const mostRows = 1000;
const mostPending = 200;
const batchSize = 50;
const writeWithinMilliseconds = 1000;
const keepDeadlineMilliseconds = 1000;
const pruneAfterRecords = 100;
const pruneEveryMilliseconds = 3_600_000;
const complainEveryMilliseconds = 60_000;

/** Where decisions are kept. */
export type RecordStore = ReturnType<typeof createRecordStore>;

interface Pending {
  record: SignInRecord;
  share: SignInRecordShare;
}

export function createRecordStore(options: {
  database: AuthDatabase;
  clock: ClockService;
  logger: LoggerService;
}) {
  const { database, clock, logger } = options;
  const pending: Pending[] = [];
  const rates = createRates(clock);
  const complaint = createComplaint(logger, clock);
  let writing = Promise.resolve();
  let next: Promise<void> | undefined;
  let soon: NodeJS.Timeout | undefined;
  let keptSincePruned = 0;
  let prunedAt = Number.NEGATIVE_INFINITY;
  const hourly = setInterval(() => void flush(), pruneEveryMilliseconds).unref();

  function add(one: Pending): boolean {
    if (!rates.take(one.share)) {
      complaint.note('there were too many at once');
      return false;
    }
    pending.push(one);
    if (pending.length > mostPending) {
      pending.shift();
      complaint.note('the database was too slow');
    }
    return true;
  }

  /** One step at a time: whoever comes meanwhile is written by the next. */
  function flush(): Promise<void> {
    clearTimeout(soon);
    soon = undefined;
    return (next ??= writing = writing.then(writeAll));
  }

  async function writeAll(): Promise<void> {
    next = undefined;
    for (let left = pending.length; left > 0; left -= batchSize) await write(pending.splice(0, batchSize));
    const isDue = keptSincePruned >= pruneAfterRecords || clock.now() - prunedAt >= pruneEveryMilliseconds;
    // Nobody whose record was written waits for it.
    if (isDue) writing = writing.then(prune);
  }

  async function write(batch: readonly Pending[]): Promise<void> {
    try {
      const rows = batch.map(({ record, share }) => ({
        reference: record.reference,
        at: Date.parse(record.at),
        share,
        outcome: record.outcome,
        code: record.code ?? null,
        provider: record.provider,
        record: JSON.stringify(record),
      }));
      const knex = await database.client();
      await knex(tables.records).insert(rows).onConflict('reference').ignore();
      keptSincePruned += rows.length;
    } catch (error) {
      complaint.note('the database did not take them', batch.length, error);
    }
  }

  async function prune(): Promise<void> {
    prunedAt = clock.now();
    keptSincePruned = 0;
    try {
      const knex = await database.client();
      await knex(tables.records)
        .where('at', '<', prunedAt - recordLifetimeMilliseconds)
        .delete();
      for (const [share, { rows }] of Object.entries(shares)) {
        if (rows < mostRows) await deleteBeyond(rows, { share });
      }
      await deleteBeyond(mostRows, {});
    } catch (error) {
      logger.debug('old decisions could not be removed; tried again within an hour', error as Error);
    }
  }

  async function deleteBeyond(rows: number, share: { share?: string }): Promise<void> {
    const knex = await database.client();
    const newestFirst = knex(tables.records)
      .select('reference')
      .where(share)
      .orderBy([{ column: 'at', order: 'desc' }, 'reference']);
    await knex(tables.records).whereIn('reference', newestFirst.offset(rows).limit(10_000)).delete();
  }

  return {
    /**
     * Keeps an allowed sign-in's record some time within the next second. Of a refusal's it resolves when that was written,
     * was given up, or the deadline of a second is over; never rejects.
     */
    async keep(record: SignInRecord, share: SignInRecordShare): Promise<void> {
      if (!add({ record, share })) return;
      if (record.outcome === 'allowed') {
        soon ??= setTimeout(() => void flush(), writeWithinMilliseconds).unref();
        return;
      }
      const late = () => new Error('late');
      await withDeadline({ milliseconds: keepDeadlineMilliseconds, late }, flush).catch(() => undefined);
    },
    async find(reference: string): Promise<SignInRecord | undefined> {
      const soonWritten = pending.find(({ record }) => record.reference === reference)?.record;
      return soonWritten ?? createRecordReader(await database.client(), clock).find(reference);
    },
    /** Writes what is pending, and ends. */
    async stop(): Promise<void> {
      clearInterval(hourly);
      // A start that failed has none, and may have no database either.
      if (pending.length > 0) await flush();
      await writing;
      complaint.end();
    },
  };
}

/**
 * A bucket for each share, which holds the records of one second: unlike a window it lets pass what somebody does one after
 * another, however it falls on the clock, so that each of their references can be looked up.
 */
function createRates(clock: ClockService): { take(share: SignInRecordShare): boolean } {
  const buckets = new Map<SignInRecordShare, { left: number; at: number }>();
  return {
    take(share) {
      const { perSecond } = shares[share];
      const now = clock.now();
      const bucket = buckets.get(share) ?? { left: perSecond, at: now };
      const left = Math.min(perSecond, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond);
      const isLeft = left >= 1;
      buckets.set(share, { left: isLeft ? left - 1 : left, at: now });
      return isLeft;
    },
  };
}

/** Says how many records are missing from the database: at once, then at most every minute, and at the end. */
function createComplaint(logger: LoggerService, clock: ClockService) {
  let missing = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  let because = '';
  function say(error?: unknown): void {
    saidAt = clock.now();
    logger.warn(
      `decisions that were not kept, because ${because}: ${missing}; they stand in the log only`,
      error instanceof Error ? error : { missing },
    );
    missing = 0;
  }
  return {
    note(reason: string, records = 1, error?: unknown): void {
      because = reason;
      missing += records;
      if (clock.now() - saidAt >= complainEveryMilliseconds) say(error);
    },
    end(): void {
      if (missing > 0) say();
    },
  };
}
