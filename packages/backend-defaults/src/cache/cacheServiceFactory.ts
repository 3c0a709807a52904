/** `core.cache`: a cache in memory, for each plugin and each process its own. Backstage's provider modules ask for one. */
import {
  clockServiceRef,
  coreServices,
  createExpiringMap,
  createServiceFactory,
  durationToMilliseconds,
  type CacheService,
  type ClockService,
  type ExpiringMap,
  type HumanDuration,
  type JsonValue,
} from '@vestibule/backend-plugin-api';

const maxEntries = 10_000;

type Lifetime = number | HumanDuration | undefined;

/** Replace it where replicas have to share what is kept. At most 10,000 values; the longest unused goes first. @public */
export const cacheServiceFactory = createServiceFactory({
  service: coreServices.cache,
  deps: { clock: clockServiceRef },
  factory({ clock }): CacheService {
    return cacheOver(createExpiringMap<string>({ clock, maxEntries }), clock, undefined);
  },
});

/** Values are kept as text, so that nobody holds what another changes. */
function cacheOver(entries: ExpiringMap<string>, clock: ClockService, defaultTtl: Lifetime): CacheService {
  return {
    async get<TValue extends JsonValue>(key: string) {
      const text = entries.get(key);
      return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as TValue));
    },
    async set(key, value, { ttl = defaultTtl } = {}) {
      return Promise.resolve(entries.set(key, JSON.stringify(value), clock.now() + millisecondsOf(ttl)));
    },
    delete: async (key) => Promise.resolve(entries.delete(key)),
    withOptions: (options) => cacheOver(entries, clock, options.defaultTtl),
  };
}

function millisecondsOf(lifetime: Lifetime): number {
  if (lifetime === undefined) return Infinity;
  // A lifetime that is none keeps nothing, instead of keeping it for ever.
  return typeof lifetime === 'number' ? lifetime : (durationToMilliseconds(lifetime) ?? 0);
}
