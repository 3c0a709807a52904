/**
 * Where the provider keeps codes, grants and tokens: in memory, bounded, gone with the process. By the clock of the system,
 * which oidc-provider itself reads.
 */
import { systemClock } from '@vestibule/backend-plugin-api';
import type { Adapter, AdapterPayload } from 'oidc-provider';

const maxEntries = 10_000;

interface Entry {
  model: string;
  payload: AdapterPayload;
  expiresAtMilliseconds: number;
}

/** The storage behind one provider, or behind several that share it. */
export interface ProviderStore {
  /** What oidc-provider asks for, once for each kind of thing. */
  adapter(model: string): Adapter;
  /** Forgets the refresh tokens of one person, or of all. */
  removeRefreshTokens(accountId?: string): void;
}

export function createProviderStore(): ProviderStore {
  const entries = new Map<string, Entry>();

  const find = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (entry && entry.expiresAtMilliseconds <= systemClock.now()) entries.delete(key);
    return entries.get(key)?.payload;
  };
  const removeWhere = (matches: (entry: Entry) => boolean): void => {
    for (const [key, entry] of entries) if (matches(entry)) entries.delete(key);
  };
  const makeRoom = (): void => {
    if (entries.size < maxEntries) return;
    const now = systemClock.now();
    removeWhere(({ expiresAtMilliseconds }) => expiresAtMilliseconds <= now);
    // A Map keeps the order of insertion: the first is the oldest.
    for (const key of entries.keys()) {
      if (entries.size < maxEntries) break;
      entries.delete(key);
    }
  };

  return {
    adapter: (model) => ({
      async upsert(id, payload, expiresInSeconds) {
        makeRoom();
        const expiresAtMilliseconds = expiresInSeconds
          ? systemClock.now() + expiresInSeconds * 1000
          : Infinity;
        entries.set(`${model}:${id}`, { model, payload, expiresAtMilliseconds });
      },
      async find(id) {
        return find(`${model}:${id}`);
      },
      async findByUid(uid) {
        return [...entries.values()].find((entry) => entry.model === model && entry.payload.uid === uid)
          ?.payload;
      },
      // The device flow, which alone has user codes, is off.
      async findByUserCode() {
        return undefined;
      },
      async consume(id) {
        const payload = find(`${model}:${id}`);
        if (payload) payload.consumed = Math.floor(systemClock.now() / 1000);
      },
      async destroy(id) {
        entries.delete(`${model}:${id}`);
      },
      async revokeByGrantId(grantId) {
        removeWhere((entry) => entry.payload.grantId === grantId);
      },
    }),
    removeRefreshTokens(accountId) {
      removeWhere(
        ({ model, payload }) =>
          model === 'RefreshToken' && (accountId === undefined || payload.accountId === accountId),
      );
    },
  };
}
