/**
 * The session store in Redis: a hash for each session, and beside it the lease, which Redis itself ends. What compares before
 * it writes is a script, which Redis runs alone.
 *
 * It finds no sessions by what they are of: that takes an index, which would have to be kept in step with what Redis forgets by
 * itself. So it is no `SearchableSessionStore`, and whoever asks for the sessions of a person is told so.
 */
import type { RedisClientType } from '@redis/client';
import type { SessionStoreService, StoredSession } from '@vestibule/plugin-auth-node';

const dayMilliseconds = 86_400_000;
const idleMilliseconds = 30 * dayMilliseconds;

const saveSealed = `
  if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%d', ARGV[2] + 1), unpack(ARGV, 3))
  return 1`;

const saveOutage = `
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  if #ARGV == 0 then return redis.call('HDEL', KEYS[1], 'outageSince', 'outageSeenAt') end
  return redis.call('HSET', KEYS[1], 'outageSince', ARGV[1], 'outageSeenAt', ARGV[2])`;

/** Also moves the time after which Redis may forget the session. */
const saveLastUse = `
  local endsAt = redis.call('HGET', KEYS[1], 'endsAt')
  if not endsAt then return 0 end
  redis.call('HSET', KEYS[1], 'lastUsedAt', ARGV[1])
  local forgotten = math.min(endsAt + ${dayMilliseconds}, ARGV[1] + ${idleMilliseconds})
  return redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', forgotten))`;

/** 2 where the owner before never gave it back: what it left in the session tells, as Redis has ended its lease. */
const takeLease = `
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
  local isFirst = redis.call('HSETNX', KEYS[1], 'leaseOwner', ARGV[1])
  redis.call('HSET', KEYS[1], 'leaseOwner', ARGV[1])
  return 2 - isFirst`;

const prolongLease = `
  if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[2], ARGV[2])`;

const releaseLease = `
  if redis.call('HGET', KEYS[1], 'leaseOwner') ~= ARGV[1] then return 0 end
  redis.call('HDEL', KEYS[1], 'leaseOwner')
  return redis.call('DEL', KEYS[2])`;

/** @param client - Gives a connected client, or rejects. */
export function createRedisSessionStore(client: () => Promise<RedisClientType>): SessionStoreService {
  const evaluate = async (script: string, keys: string[], ...values: (string | number)[]) => {
    const redis = await client();
    return redis.eval(script, { keys, arguments: values.map(String) });
  };
  const run = async (...given: Parameters<typeof evaluate>) => (await evaluate(...given)) === 1;

  return {
    async create({ key, scopes, outage, userEntityRef = '', ...session }) {
      const redis = await client();
      const forgotten = Math.min(session.endsAt + dayMilliseconds, session.lastUsedAt + idleMilliseconds);
      await redis
        .multi()
        .hSet(nameOf(key), {
          ...session,
          scopes: JSON.stringify(scopes),
          user: userEntityRef,
          ...(outage && { outageSince: outage.since, outageSeenAt: outage.seenAt }),
        })
        .pExpireAt(nameOf(key), forgotten)
        .exec();
    },

    async find(key) {
      const redis = await client();
      const fields: Partial<Record<string, string>> = await redis.hGetAll(nameOf(key));
      return fields['endsAt'] === undefined ? undefined : sessionOf(key, fields);
    },

    saveTokens: async (key, version, sealed) =>
      run(saveSealed, [nameOf(key)], 'tokensVersion', version, 'sealedTokens', sealed),
    saveIdentity: async (key, version, sealed, user = '') =>
      run(saveSealed, [nameOf(key)], 'identityVersion', version, 'sealedIdentity', sealed, 'user', user),

    async saveOutage(key, outage) {
      await run(saveOutage, [nameOf(key)], ...(outage ? [outage.since, outage.seenAt] : []));
    },
    async saveLastUse(key, lastUsedAt) {
      await run(saveLastUse, [nameOf(key)], lastUsedAt);
    },

    async takeLease(key, owner, milliseconds) {
      const taken = await evaluate(takeLease, [nameOf(key), leaseOf(key)], owner, milliseconds);
      return taken === 2 ? 'lapsed' : taken === 1;
    },
    prolongLease: async (key, owner, milliseconds) =>
      run(prolongLease, [nameOf(key), leaseOf(key)], owner, milliseconds),
    async releaseLease(key, owner) {
      await run(releaseLease, [nameOf(key), leaseOf(key)], owner);
    },

    async end(key) {
      const redis = await client();
      await redis.del([nameOf(key), leaseOf(key)]);
    },
  };
}

/** In braces what decides about the place in a cluster: a session and its lease stand together. */
const nameOf = (key: string) => `vestibule:session:{${key}}`;
const leaseOf = (key: string) => `vestibule:lease:{${key}}`;

function sessionOf(key: string, fields: Partial<Record<string, string>>): StoredSession {
  const text = (name: string) => fields[name] ?? '';
  const number = (name: string) => Number(fields[name]);
  return {
    key,
    providerId: text('providerId'),
    environment: text('environment'),
    scopes: JSON.parse(text('scopes')) as string[],
    sealedTokens: text('sealedTokens'),
    tokensVersion: number('tokensVersion'),
    sealedIdentity: text('sealedIdentity'),
    identityVersion: number('identityVersion'),
    createdAt: number('createdAt'),
    lastUsedAt: number('lastUsedAt'),
    endsAt: number('endsAt'),
    ...(fields['user'] && { userEntityRef: fields['user'] }),
    ...(fields['browser'] !== undefined && { browser: fields['browser'] }),
    ...(fields['outageSince'] !== undefined && {
      outage: { since: number('outageSince'), seenAt: number('outageSeenAt') },
    }),
  };
}
