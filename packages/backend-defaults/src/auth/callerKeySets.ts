/**
 * One key set for each plugin that calls. Who calls is told by a token that is not verified yet, so a stranger may name
 * any number of plugins: names that never led to a key are asked for at most 30 times a minute, and few are kept.
 */
import { createExpiringMap, createSlidingLimit, type ClockService } from '@vestibule/backend-plugin-api';
import type { RemoteKeySet } from './remoteKeySet.ts';

const maxStrangersPerMinute = 30;
const maxKept = 200;

export interface CallerKeySets {
  of(pluginId: string): RemoteKeySet | undefined;
}

export function createCallerKeySets(
  create: (pluginId: string) => RemoteKeySet,
  clock: ClockService,
): CallerKeySets {
  const known = new Map<string, RemoteKeySet>();
  const strangers = createExpiringMap<RemoteKeySet>({ clock, maxEntries: maxKept });
  const mayAsk = createSlidingLimit({
    limit: maxStrangersPerMinute,
    windowMilliseconds: 60_000,
    now: () => clock.now(),
  });

  return {
    of(pluginId) {
      const kept = known.get(pluginId) ?? strangers.get(pluginId);
      if (kept) return kept;
      if (!mayAsk()) return undefined;
      const keySet = create(pluginId);
      const watched: RemoteKeySet = {
        async getKey(header) {
          const key = await keySet.getKey(header);
          if (known.size < maxKept) known.set(pluginId, watched);
          return key;
        },
      };
      strangers.set(pluginId, watched, clock.now() + 60_000);
      return watched;
    },
  };
}
