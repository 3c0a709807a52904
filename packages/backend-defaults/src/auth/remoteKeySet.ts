/**
 * The public keys of another plugin, or of an issuer outside (RFC 7517), read over HTTP when they are first needed and remembered.
 *
 * - A key that is not in the set makes it be read again at once, at most 10 times a minute: a rotation is followed, and
 *   made-up key ids do not become a flood (RFC 8725 section 3.10). The reads are spread over the minute, four at once and
 *   then one every 10 s, so that a flood delays a rotation by 10 s at most.
 * - A set older than 10 minutes is read again in the background.
 * - The last good set is kept for as long as reading fails.
 */
import { parseJson, type OutboundHttp } from '@vestibule/outbound-http';
import type { ClockService, LoggerService } from '@vestibule/backend-plugin-api';
import { createLocalJWKSet, type CryptoKey, type JWK, type JWSHeaderParameters } from 'jose';
import { keysUnavailable } from './errors.ts';

const maxAgeMilliseconds = 10 * 60 * 1000;
const maxReadsAtOnce = 4;
const spreadMilliseconds = 10_000;
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
  /**
   * Whether the address was configured, and not named by a token: then keys and tokens may lack an id, as they do at
   * issuers with one key, and a missing set (404) is a fault of that address. Default `false`.
   */
  isConfigured?: boolean;
  http: OutboundHttp;
  logger: LoggerService;
  clock: ClockService;
}

/** The endpoint answered that it has no keys: there is no such plugin. */
class KeySetMissingError extends Error {
  override readonly name = 'KeySetMissingError';
}

interface KeySet {
  resolve: ReturnType<typeof createLocalJWKSet>;
  has(kid: string): boolean;
}

export function createRemoteKeySet(options: RemoteKeySetOptions): RemoteKeySet {
  const { url, http, logger, clock, isConfigured = false } = options;
  let good: { set: KeySet; readAtMilliseconds: number } | undefined;
  let failed: { error: unknown; atMilliseconds: number } | undefined;
  let reading: Promise<KeySet> | undefined;
  let readsAtMilliseconds: number[] = [];

  return {
    async getKey(header) {
      const { kid } = header;
      if (typeof kid !== 'string' && !(isConfigured && kid === undefined)) {
        throw new Error('the token names no key');
      }
      const isFirst = !good;
      const set = await current();
      if (isFirst || kid === undefined || set.has(kid) || !mayReadAgain()) return set.resolve(header);
      return (await readOr(set)).resolve(header);
    },
  };

  async function current(): Promise<KeySet> {
    if (!good) return first();
    if (clock.now() - good.readAtMilliseconds > maxAgeMilliseconds && mayReadAgain()) {
      // Nobody waits for it; what fails is logged.
      void readOr(good.set);
    }
    return good.set;
  }

  async function first(): Promise<KeySet> {
    if (!reading && failed && clock.now() - failed.atMilliseconds < retryMilliseconds)
      throw wrap(failed.error);
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
      const startedAtMilliseconds = clock.now();
      readsAtMilliseconds.push(startedAtMilliseconds);
      try {
        const set = await fetchKeySet(await url(), http, isConfigured);
        good = { set, readAtMilliseconds: startedAtMilliseconds };
        failed = undefined;
        return set;
      } catch (error) {
        failed = { error, atMilliseconds: clock.now() };
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
    readsAtMilliseconds = readsAtMilliseconds.filter((at) => clock.now() - at < 60_000);
    const isCoolingDown = failed !== undefined && clock.now() - failed.atMilliseconds < retryMilliseconds;
    const sinceLast = clock.now() - (readsAtMilliseconds.at(-1) ?? -Infinity);
    return !isCoolingDown && (readsAtMilliseconds.length < maxReadsAtOnce || sinceLast >= spreadMilliseconds);
  }
}

function wrap(error: unknown): unknown {
  return error instanceof KeySetMissingError ? error : keysUnavailable(error);
}

async function fetchKeySet(url: string, http: OutboundHttp, isConfigured: boolean): Promise<KeySet> {
  const response = await http.request({ url, headers: { accept: 'application/json' } });
  if (response.status === 404 && !isConfigured) throw new KeySetMissingError(`no key set at ${url}`);
  if (response.status !== 200)
    throw new Error(`the key set at ${url} answered with status ${response.status}`);
  const { keys } = (parseJson(response) ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error(`the answer of ${url} is not a key set`);
  const usable = keys.filter(isPublicKey).filter(({ kid }) => isConfigured || kid !== undefined);
  const kids = new Set(usable.map((key) => key.kid));
  return { resolve: createLocalJWKSet({ keys: usable }), has: (kid) => kids.has(kid) };
}

/** Public halves of key pairs. A shared secret among them would let anyone who reads the set sign. */
function isPublicKey(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, kid, d } = key as Record<string, unknown>;
  const isIdentified = kid === undefined || typeof kid === 'string';
  return (kty === 'EC' || kty === 'RSA' || kty === 'OKP') && isIdentified && d === undefined;
}
