/**
 * Rate limits (`backend.rateLimit`), for each session or, without one, address: a fixed window, counted in memory. Off
 * unless configured, as with Backstage. Answers carry the headers of draft-ietf-httpapi-ratelimit-headers-06, and 429 also
 * `Retry-After`.
 */
import type { ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { createWindowCounter } from '@vestibule/backend-plugin-api';
import { addressList } from './clientAddress.ts';
import type { AnswerPerson } from './personAnswer.ts';
import { sendJson } from './sendJson.ts';
import { milliseconds, type HttpConfig, type RateLimitConfig } from './httpConfig.ts';

/**
 * Counts a request of an address, or of a caller who is known better; `true` where it was over the limit and has been
 * answered.
 */
export type RateLimit = (address: string, response: ServerResponse, caller?: string) => boolean;

/** Options of {@link createRateLimit} beside the config. */
export interface RateLimitOptions {
  /** The key of the limit in the config, for errors. */
  key: string;
  /** How a person is told. Default: as a program. */
  answerPerson?: AnswerPerson;
  /** Milliseconds since any fixed point: how long a window lasts is no matter of the clock. Default: `performance.now`. */
  monotonicMilliseconds?: () => number;
  /** Most addresses and callers to remember. When more come within one window, the oldest are forgotten. Default 20,000. */
  maximalAddresses?: number;
}

const defaultLimit = 600;

/** Makes a limit of its own; the counters of two limits are apart. */
export function createRateLimit(config: RateLimitConfig, options: RateLimitOptions): RateLimit {
  const {
    key,
    answerPerson,
    monotonicMilliseconds = () => performance.now(),
    maximalAddresses = 20_000,
  } = options;
  const limit = config.incomingRequestLimit ?? defaultLimit;
  const window = milliseconds(config.window, 60_000);
  const isExempt = addressList(config.ipAllowList ?? ['loopback'], `${key}.ipAllowList`);
  const policy = `${limit};w=${Math.ceil(window / 1000)}`;
  const countOf = createWindowCounter({
    windowMilliseconds: window,
    maxNames: maximalAddresses,
    now: monotonicMilliseconds,
  });

  return (address, response, caller) => {
    if (isExempt(address)) return false;
    // No address has a space in it.
    const counter = countOf(caller === undefined ? networkOf(address) : `caller ${caller}`);
    counter.count += 1;
    const resetSeconds = String(Math.max(0, Math.ceil((counter.endsAt - monotonicMilliseconds()) / 1000)));
    response.setHeader('RateLimit-Policy', policy);
    response.setHeader('RateLimit-Limit', String(limit));
    response.setHeader('RateLimit-Remaining', String(Math.max(0, limit - counter.count)));
    response.setHeader('RateLimit-Reset', resetSeconds);
    if (counter.count > limit) {
      response.setHeader('Retry-After', resetSeconds);
      answerTooMany(response, answerPerson);
      return true;
    }
    if (config.skipSuccessfulRequests || config.skipFailedRequests) {
      response.once('finish', () => {
        const failed = response.statusCode >= 400;
        if (failed ? config.skipFailedRequests : config.skipSuccessfulRequests) counter.count -= 1;
      });
    }
    return false;
  };
}

/** The limit of the whole backend; `undefined` where there is none. */
export function globalRateLimit(
  { rateLimit }: HttpConfig,
  answerPerson: AnswerPerson,
): RateLimit | undefined {
  if (rateLimit === undefined || rateLimit === false) return undefined;
  const options = { key: 'backend.rateLimit', answerPerson };
  if (rateLimit === true) return createRateLimit({}, options);
  return rateLimit.global === false ? undefined : createRateLimit(rateLimit, options);
}

/** The limit of one plugin; `undefined` where there is none. */
export function pluginRateLimit(
  { rateLimit }: HttpConfig,
  pluginId: string,
  answerPerson: AnswerPerson,
): RateLimit | undefined {
  const plugins = typeof rateLimit === 'object' ? rateLimit.plugin : undefined;
  if (!plugins || !Object.hasOwn(plugins, pluginId)) return undefined;
  return createRateLimit(plugins[pluginId] ?? {}, {
    key: `backend.rateLimit.plugin.${pluginId}`,
    answerPerson,
  });
}

/** One customer's IPv6 network is a /64 at least: counting its addresses one by one would count nothing. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** The body that Backstage's clients know; it says nothing of the request. */
function answerTooMany(response: ServerResponse, answerPerson: AnswerPerson | undefined): void {
  const message = 'Too many requests, please try again later';
  const refused = { status: 429, code: 'ERR_HTTP_TOO_MANY_REQUESTS', message };
  if (answerPerson?.(response.req, response, refused)) return;
  response.statusCode = 429;
  sendJson(response, {
    error: { name: 'Error', message },
    response: { statusCode: 429 },
  });
}
