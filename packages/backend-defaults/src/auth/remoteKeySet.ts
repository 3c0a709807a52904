/**
 * The public keys of another plugin (RFC 7517), read over HTTP when they are first needed and remembered.
 *
 * - A key that is not in the set makes it be read again at once, at most 10 times a minute: a rotation is followed, and
 *   made-up key ids do not become a flood (RFC 8725 section 3.10).
 * - A set older than 10 minutes is read again in the background.
 * - The last good set is kept for as long as reading fails.
 */
import { parseJson, type OutboundHttp } from '@vestibule/outbound-http';
import type { LoggerService } from '@vestibule/backend-plugin-api';
import { createLocalJWKSet, type CryptoKey, type JWK, type JWSHeaderParameters } from 'jose';
import { keysUnavailable } from './errors.ts';

const maxAgeMilliseconds = 10 * 60 * 1000;
const maxReadsPerMinute = 10;
const retryMilliseconds = 1000;

export interface RemoteKeySet {
  /**
   * The key that a token's header names.
   *
   * @throws `ERR_TOKEN_KEYS_UNAVAILABLE` when no set could ever be read; an error of jose when the set has no such key.
   */
  getKey(header: JWSHeaderParameters): Promise<CryptoKey>;
}

export interface RemoteKeySetOptions {
  url(): Promise<string>;
  http: OutboundHttp;
  logger: LoggerService;
  now(): number;
}

/** The endpoint answered that it has no keys: there is no such plugin. */
class KeySetMissingError extends Error {
  override readonly name = 'KeySetMissingError';
}

interface KeySet {
  resolve: ReturnType<typeof createLocalJWKSet>;
  has(kid: string): boolean;
}

export function createRemoteKeySet({ url, http, logger, now }: RemoteKeySetOptions): RemoteKeySet {
  let good: { set: KeySet; readAtMilliseconds: number } | undefined;
  let failed: { error: unknown; atMilliseconds: number } | undefined;
  let reading: Promise<KeySet> | undefined;
  let readsAtMilliseconds: number[] = [];

  return {
    async getKey(header) {
      const { kid } = header;
      if (typeof kid !== 'string') throw new Error('the token names no key');
      const isFirst = !good;
      const set = await current();
      if (isFirst || set.has(kid) || !mayReadAgain()) return set.resolve(header);
      return (await readOr(set)).resolve(header);
    },
  };

  async function current(): Promise<KeySet> {
    if (!good) return first();
    if (now() - good.readAtMilliseconds > maxAgeMilliseconds && mayReadAgain()) {
      // Nobody waits for it; what fails is logged.
      void readOr(good.set);
    }
    return good.set;
  }

  async function first(): Promise<KeySet> {
    if (!reading && failed && now() - failed.atMilliseconds < retryMilliseconds) throw wrap(failed.error);
    try {
      return await read();
    } catch (error) {
      throw wrap(error);
    }
  }

  async function readOr(fallback: KeySet): Promise<KeySet> {
    try {
      return await read();
    } catch {
      return fallback;
    }
  }

  /** One read at a time; all who ask meanwhile share it. */
  async function read(): Promise<KeySet> {
    reading ??= (async () => {
      const startedAtMilliseconds = now();
      readsAtMilliseconds.push(startedAtMilliseconds);
      try {
        const set = await fetchKeySet(await url(), http);
        good = { set, readAtMilliseconds: startedAtMilliseconds };
        failed = undefined;
        return set;
      } catch (error) {
        failed = { error, atMilliseconds: now() };
        logger.warn('A key set could not be read', error as Error);
        throw error;
      } finally {
        reading = undefined;
      }
    })();
    return reading;
  }

  function mayReadAgain(): boolean {
    if (reading) return true;
    readsAtMilliseconds = readsAtMilliseconds.filter((at) => now() - at < 60_000);
    const isCoolingDown = failed !== undefined && now() - failed.atMilliseconds < retryMilliseconds;
    return readsAtMilliseconds.length < maxReadsPerMinute && !isCoolingDown;
  }
}

function wrap(error: unknown): unknown {
  return error instanceof KeySetMissingError ? error : keysUnavailable(error);
}

async function fetchKeySet(url: string, http: OutboundHttp): Promise<KeySet> {
  const response = await http.request({ url, headers: { accept: 'application/json' } });
  if (response.status === 404) throw new KeySetMissingError(`no key set at ${url}`);
  if (response.status !== 200)
    throw new Error(`the key set at ${url} answered with status ${response.status}`);
  const { keys } = (parseJson(response) ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error(`the answer of ${url} is not a key set`);
  const usable = keys.filter(isUsable);
  const kids = new Set(usable.map((key) => key.kid));
  return { resolve: createLocalJWKSet({ keys: usable }), has: (kid) => kids.has(kid) };
}

/** Public halves of key pairs, with an id. A shared secret among them would let anyone who reads the set sign. */
function isUsable(key: unknown): key is JWK & { kid: string } {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, kid, d } = key as Record<string, unknown>;
  return (kty === 'EC' || kty === 'RSA' || kty === 'OKP') && typeof kid === 'string' && d === undefined;
}
