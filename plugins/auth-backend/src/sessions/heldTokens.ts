/**
 * Rotated tokens that the store could not take. Their provider has spent the refresh token before them, so a session that lost
 * them would be over: they are held here, sealed as they are, handed out with the session, and written once the store takes
 * them. What they cannot outlast is the end of the process; so it waits for them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LoggerService } from '@vestibule/backend-plugin-api';
import { isSearchable, type SessionStoreService, type StoredSession } from '@vestibule/plugin-auth-node';

const retryMilliseconds = 500;
const stopAttempts = 40;
const stopPauseMilliseconds = 250;
/** Some kilobytes each. Beyond it tokens are lost as before, which the caller is told. */
const mostHeld = 5000;

/** Of one session. */
interface HeldTokens {
  /** Over which version they are to be written. */
  readonly version: number;
  readonly sealedTokens: string;
}

/** A store that holds what the other could not take. */
export interface HoldingSessionStore extends SessionStoreService {
  /** Ends when all is written, or after about 10 s; then it says how many sessions are lost. */
  stop(): Promise<void>;
}

/** @param store - Asked for all else, and as often. */
export function holdTokens(
  store: SessionStoreService,
  { logger }: { logger: Pick<LoggerService, 'warn' | 'info' | 'error'> },
): HoldingSessionStore {
  const held = new Map<string, HeldTokens>();
  /** Leases that were not given back, by key: the owner that the store knows. */
  const kept = new Map<string, string>();
  /** Owners that have taken over a kept lease: the one before, under whose name the store has it. */
  const inNameOf = new Map<string, string>();
  let writing: Promise<void> | undefined;

  /** Writes what is held of one session. @throws What the store throws. */
  async function write(key: string): Promise<void> {
    const tokens = held.get(key);
    if (!tokens) return;
    const isWritten = await store.saveTokens(key, tokens.version, tokens.sealedTokens);
    // Written meanwhile are newer ones of this process, which go over these.
    if (isWritten && held.get(key) !== tokens) {
      held.set(key, { version: tokens.version + 1, sealedTokens: held.get(key)!.sealedTokens });
      return write(key);
    }
    // Not written: they had arrived although the store failed, somebody wrote newer ones, or the session has ended.
    held.delete(key);
    const owner = kept.get(key);
    kept.delete(key);
    // Where this fails, it lapses.
    if (owner !== undefined) await store.releaseLease(key, owner).catch(() => undefined);
  }

  async function writeAll(): Promise<void> {
    for (const key of [...held.keys()]) await write(key);
  }

  /** Goes on until nothing is held any more. */
  async function writeLater(): Promise<void> {
    while (held.size > 0) {
      await delay(retryMilliseconds, undefined, { ref: false });
      await writeAll().catch(() => undefined);
    }
    logger.info('The tokens that the database of sessions could not take are written');
  }

  function hold(key: string, tokens: HeldTokens, cause: unknown): void {
    held.set(key, tokens);
    if (writing) return;
    logger.warn(
      'The database of sessions could not take tokens that a provider has rotated. They are held in memory until it does',
      cause as Error,
    );
    writing = writeLater().finally(() => {
      writing = undefined;
    });
  }

  /** The session with what is held of it. */
  function withHeld(session: StoredSession): StoredSession {
    const tokens = held.get(session.key);
    if (tokens?.version !== session.tokensVersion) return session;
    return Object.assign({}, session, {
      sealedTokens: tokens.sealedTokens,
      tokensVersion: session.tokensVersion + 1,
    });
  }

  return {
    async find(key) {
      if (held.has(key)) await write(key).catch(() => undefined);
      const session = await store.find(key);
      return session && withHeld(session);
    },

    async saveTokens(key, version, sealedTokens) {
      const before = held.get(key);
      if (before) {
        // Of what was read before them: the held ones are newer, although the store does not know.
        if (version <= before.version) return false;
        // Of what was read here: over the held ones, which nobody else has seen.
        held.set(key, { version: before.version, sealedTokens });
        await write(key).catch(() => undefined);
        return true;
      }
      try {
        return await store.saveTokens(key, version, sealedTokens);
      } catch (error) {
        if (held.size >= mostHeld) throw error;
        hold(key, { version, sealedTokens }, error);
        return true;
      }
    },

    async end(key) {
      held.delete(key);
      kept.delete(key);
      await store.end(key);
    },

    async stop() {
      for (let attempt = 1; held.size > 0 && attempt <= stopAttempts; attempt += 1) {
        await writeAll().catch(async () => delay(stopPauseMilliseconds));
      }
      if (held.size === 0) return;
      logger.error(
        `${held.size} sessions are lost: the database of sessions could not take the tokens that their providers have rotated`,
      );
      held.clear();
    },

    // What is held of those goes with the next attempt to write it.
    ...(isSearchable(store) && {
      search: async (...given: Parameters<typeof store.search>) => store.search(...given),
      endWhere: async (...given: Parameters<typeof store.endWhere>) => store.endWhere(...given),
    }),
    create: async (session) => store.create(session),
    saveIdentity: async (...given) => store.saveIdentity(...given),
    saveOutage: async (...given) => store.saveOutage(...given),
    saveLastUse: async (...given) => store.saveLastUse(...given),

    async takeLease(key, owner, milliseconds) {
      const before = kept.get(key);
      if (before !== undefined) {
        kept.delete(key);
        try {
          if (await store.prolongLease(key, before, milliseconds)) {
            inNameOf.set(owner, before);
            return true;
          }
        } catch (error) {
          kept.set(key, before);
          throw error;
        }
      }
      return store.takeLease(key, owner, milliseconds);
    },

    prolongLease: async (key, owner, milliseconds) =>
      store.prolongLease(key, inNameOf.get(owner) ?? owner, milliseconds),

    async releaseLease(key, owner) {
      const name = inNameOf.get(owner) ?? owner;
      inNameOf.delete(owner);
      if (held.has(key)) await write(key).catch(() => undefined);
      // Given back, it would let another process find the tokens before these. Left to lapse, it tells that there may be some;
      // until then it is for the next request of this process.
      if (held.has(key)) kept.set(key, name);
      else await store.releaseLease(key, name);
    },
  };
}
