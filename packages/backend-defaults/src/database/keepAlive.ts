/**
 * `backend.database.keepalive`: asks each PostgreSQL pool something every minute, for networks that drop connections which
 * nobody uses, and servers that fall asleep. Off by default: then such a connection leaves the pool, and the next query
 * opens another.
 */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';

const everyMilliseconds = 60_000;

/** What keeps connections alive. */
export interface KeepAlive {
  /** Begins. A failure is logged once, until a query succeeds again. */
  add(knex: Knex, logger: LoggerService): void;
  stop(): void;
}

export function createKeepAlive(): KeepAlive {
  const timers = new Set<NodeJS.Timeout>();
  return {
    add(knex, logger) {
      let hasFailed = false;
      const ask = async (): Promise<void> => {
        try {
          await knex.raw('SELECT 1');
          hasFailed = false;
        } catch (error) {
          if (!hasFailed) logger.warn('The database does not answer its keepalive', error as Error);
          hasFailed = true;
        }
      };
      // It keeps no process alive that has nothing else to do.
      timers.add(setInterval(() => void ask(), everyMilliseconds).unref());
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
