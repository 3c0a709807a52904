/** A connection to Redis that is made when somebody first needs it, and made again when it breaks. */
import { createClient, type RedisClientType } from '@redis/client';
import { withDeadline, type LoggerService } from '@vestibule/backend-plugin-api';

const connectMilliseconds = 3000;
const commandMilliseconds = 5000;

const late = () => new Error('Redis does not answer');

/** The connection. */
export interface LateRedis {
  /** Rejects where Redis does not answer within three seconds; the next call tries again. */
  client(): Promise<RedisClientType>;
  close(): Promise<void>;
}

/** @param logger - Is told when the connection breaks, without the URL, which may hold a password. */
export function connectLate(url: string, logger: LoggerService): LateRedis {
  let client: RedisClientType | undefined;
  let connecting: Promise<unknown> | undefined;

  return {
    async client() {
      if (!client) {
        client = createClient({
          url,
          // A command that cannot be sent fails at once: sign-in answers from its last good identity, or refuses.
          disableOfflineQueue: true,
          commandOptions: { timeout: commandMilliseconds },
          socket: { connectTimeout: connectMilliseconds },
        });
        client.on('error', (error: Error) =>
          logger.warn(`Redis, which keeps the sessions: ${error.message}`),
        );
        connecting = client.connect();
        connecting.catch(() => undefined); // Whoever waits for it is told below.
      }
      if (!client.isReady)
        await withDeadline({ milliseconds: connectMilliseconds, late }, async () => connecting);
      return client;
    },
    async close() {
      client?.destroy();
      return Promise.resolve();
    },
  };
}
