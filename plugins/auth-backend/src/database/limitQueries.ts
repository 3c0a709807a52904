/**
 * A deadline for every query. A server that fails over without a word, or a network that swallows packets, leaves
 * connections that look alive: what waits on them would wait until the operating system gives up, a quarter of an hour
 * later, and so would whoever gets the same connection from the pool next.
 */
import type { Knex } from 'knex';

const deadlineMilliseconds = 10_000;

/**
 * Lets each query fail that was not answered in time, and knex replace its connection. On PostgreSQL: an embedded database
 * answers or fails by itself, and one in memory would be lost with its connection.
 *
 * @param milliseconds - Default 10 s.
 */
export function limitQueries(database: Knex, milliseconds: number = deadlineMilliseconds): void {
  const { driverName } = database.client as { driverName?: unknown };
  if (driverName !== 'pg') return;
  // Before a query is made into SQL. What is no single query, such as a change of the schema, knows no deadline.
  database.on('start', (builder: { timeout?: (milliseconds: number) => unknown }) => {
    builder.timeout?.(milliseconds);
  });
}
