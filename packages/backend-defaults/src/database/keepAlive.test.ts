/** `backend.database.keepalive`, on a clock of the test. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Knex } from 'knex';
import { createTestLogger } from '../http/testing/startHttp.ts';
import { createKeepAlive, type KeepAlive } from './keepAlive.ts';

/** A pool that answers, or does not. */
function createPool() {
  const asked: string[] = [];
  const pool = { answers: true, asked };
  const raw = async (sql: string) => {
    asked.push(sql);
    if (!pool.answers) throw new Error('connection lost');
    return Promise.resolve();
  };
  return { pool, knex: { raw } as unknown as Knex };
}

let keepAlive: KeepAlive;
beforeEach(() => {
  jest.useFakeTimers();
  keepAlive = createKeepAlive();
});
afterEach(() => {
  keepAlive.stop();
  jest.useRealTimers();
});

describe('a pool that is kept alive', () => {
  it('is asked every minute, until the end', async () => {
    const [first, second] = [createPool(), createPool()];
    keepAlive.add(first.knex, createTestLogger());
    keepAlive.add(second.knex, createTestLogger());
    await jest.advanceTimersByTimeAsync(59_999);
    expect(first.pool.asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(120_001);
    expect(first.pool.asked).toEqual(['SELECT 1', 'SELECT 1', 'SELECT 1']);
    expect(second.pool.asked).toHaveLength(3);
    keepAlive.stop();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(first.pool.asked).toHaveLength(3);
  });

  it('that does not answer is named once, and again after it has answered', async () => {
    const { knex, pool } = createPool();
    const logger = createTestLogger();
    keepAlive.add(knex, logger);
    pool.answers = false;
    await jest.advanceTimersByTimeAsync(180_000);
    expect(logger.lines).toEqual([
      'warn The database does not answer its keepalive {"error":"connection lost"}',
    ]);
    pool.answers = true;
    await jest.advanceTimersByTimeAsync(60_000);
    pool.answers = false;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(logger.lines).toHaveLength(2);
  });
});
