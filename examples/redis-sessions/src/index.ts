/**
 * Example: the sessions of sign-in in Redis instead of a table. Installed by one line, on our host and in a Backstage backend:
 * `backend.add(import('@vestibule/example-redis-sessions'))`.
 *
 * @packageDocumentation
 */
import { coreServices, createServiceFactory, readConfig } from '@vestibule/backend-plugin-api';
import { sessionStoreServiceRef } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { connectLate } from './connectLate.ts';
import { createRedisSessionStore } from './redisSessionStore.ts';

const configSchema = z.object({
  redisSessions: z
    .object({
      /** Default: Redis on this machine. */
      url: z
        .url({ protocol: /^rediss?$/, error: "must be a URL such as 'rediss://redis.example.com:6379'" })
        .meta({ visibility: 'secret' })
        .optional(),
    })
    .optional(),
});

/** Sessions in Redis. */
const redisSessionsFactory = createServiceFactory({
  service: sessionStoreServiceRef,
  deps: { config: coreServices.rootConfig, lifecycle: coreServices.lifecycle, logger: coreServices.logger },
  configSchema,
  factory({ config, lifecycle, logger }) {
    const { redisSessions } = readConfig({ config, schema: configSchema, owner: 'the Redis sessions' });
    const redis = connectLate(redisSessions?.url ?? 'redis://127.0.0.1:6379', logger);
    lifecycle.addShutdownHook(async () => redis.close());
    return createRedisSessionStore(redis.client);
  },
});

export default redisSessionsFactory;
export { connectLate, type LateRedis } from './connectLate.ts';
export { createRedisSessionStore } from './redisSessionStore.ts';
