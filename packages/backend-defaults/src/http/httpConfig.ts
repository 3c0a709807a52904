/**
 * The keys of `backend` that the HTTP services read. Backstage's names and meanings; where we differ, the key says so.
 */
import { durationToMilliseconds, readConfig, type Config } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { parseListen } from './listen.ts';

/** Headers of one request, unless `backend.server.maxHeadersCount` says otherwise. */
export const defaultMaximalHeaders = 500;

/** A number, or its text from a variable. */
const amount = z.union([z.number(), z.string()]);

const humanDuration = z.object({
  years: amount.optional(),
  months: amount.optional(),
  weeks: amount.optional(),
  days: amount.optional(),
  hours: amount.optional(),
  minutes: amount.optional(),
  seconds: amount.optional(),
  milliseconds: amount.optional(),
});

/** A number of milliseconds, a text such as `5s` or `PT5S`, or `{ seconds: 5 }`. */
const duration = z
  .union([z.number().nonnegative(), z.string(), humanDuration])
  .refine((value) => durationToMilliseconds(value, { bareNumber: 'milliseconds' }) !== undefined, {
    error: "must be a duration, for example '5s' or { seconds: 5 }",
  });

const textList = z.union([z.string(), z.array(z.string())]);

/** So that `true` and `1`, as a variable gives them, are no addresses. */
const addresses = z.string().regex(/^(?!(?:true|false|\d+)$)/, { error: 'must be addresses' });

/** What limits the requests of one address. */
const rateLimit = z.object({
  /** Default: 1 minute. */
  window: duration.optional(),
  /** Requests of one address within the window. Default 600. */
  incomingRequestLimit: z.int().positive().optional(),
  /** Addresses and subnets that are never limited. Default: the loopback addresses. */
  ipAllowList: z.array(z.string()).optional(),
  skipSuccessfulRequests: z.boolean().optional(),
  skipFailedRequests: z.boolean().optional(),
  /** Without effect: the counters are in memory and cannot fail. */
  passOnStoreError: z.boolean().optional(),
});

const backend = z.object({
  listen: z
    .union([
      z.string(),
      z.int(),
      z.object({ host: z.string().optional(), port: z.union([z.string(), z.int()]).optional() }),
    ])
    .refine((value) => parseListen(value) !== undefined, {
      error: "must be a port, 'host:port' or { host, port }, with a port from 0 to 65535",
    })
    .optional(),
  /** With `true` the backend makes a certificate that nobody vouches for. Default: plain http. */
  https: z
    .union([
      z.boolean(),
      z.object({
        certificate: z.object({ cert: z.string(), key: z.string().meta({ visibility: 'secret' }) }),
      }),
    ])
    .optional(),
  server: z
    .object({
      /** Default 15 s. */
      headersTimeout: duration.optional(),
      /** For the whole request with its body. Default 60 s. */
      requestTimeout: duration.optional(),
      /** Default 5 s. */
      keepAliveTimeout: duration.optional(),
      /** Silence on a socket. Default: none. */
      timeout: duration.optional(),
      /** More are answered with 431. Default 500; 0 means any number. */
      maxHeadersCount: z.int().nonnegative().optional(),
      maxRequestsPerSocket: z.int().nonnegative().optional(),
    })
    .optional(),
  trustProxy: z.union([z.boolean(), z.int().nonnegative(), addresses, z.array(z.string())]).optional(),
  cors: z
    .object({
      /** Globs, compared without regard to case; `*` stops at `/`. */
      origin: textList.optional(),
      methods: textList.optional(),
      allowedHeaders: textList.optional(),
      exposedHeaders: textList.optional(),
      credentials: z.boolean().optional(),
      maxAge: z.int().nonnegative().optional(),
      preflightContinue: z.boolean().optional(),
      optionsSuccessStatus: z.int().min(200).max(299).optional(),
    })
    .optional(),
  csp: z.record(z.string(), z.union([z.array(z.string()), z.literal(false)])).optional(),
  referrer: z.object({ policy: z.array(z.string()) }).optional(),
  lifecycle: z
    .object({
      /** How long a request waits for its plugin to start. Default 5 s. */
      startupRequestPauseTimeout: duration.optional(),
      /** How long requests are still accepted after readiness turned 503. Default 0. */
      serverShutdownDelay: duration.optional(),
    })
    .optional(),
  rateLimit: z
    .union([
      z.boolean(),
      rateLimit.extend({
        /** Whether the limit holds for the whole backend. Default `true`. */
        global: z.boolean().optional(),
        /** Limits for one plugin's routes, on top of the global one. */
        plugin: z.record(z.string(), rateLimit).optional(),
        /** Without effect: the counters are in memory, for each process its own. */
        store: z
          .object({
            type: z.enum(['memory', 'redis']),
            connection: z.string().meta({ visibility: 'secret' }).optional(),
          })
          .optional(),
      }),
    ])
    .optional(),
  auth: z.object({ dangerouslyDisableDefaultAuthPolicy: z.boolean().optional() }).optional(),
});

/** Attached to the factories, so that all keys are checked right after the config is read. @public */
export const httpConfigSchema = z.object({ backend: backend.optional() });

/** @public */
export type HttpConfig = z.output<typeof backend>;

/** @public */
export type RateLimitConfig = z.output<typeof rateLimit>;

/** The HTTP keys under `backend`. */
export function readHttpConfig(config: Config): HttpConfig {
  return readConfig({ config, schema: httpConfigSchema, owner: 'core.rootHttpRouter' }).backend ?? {};
}

/** The milliseconds of a duration that the schema has accepted. */
export function milliseconds(value: z.output<typeof duration> | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  // node:http takes whole ones only.
  return Math.ceil(durationToMilliseconds(value, { bareNumber: 'milliseconds' }) ?? fallback);
}

/**
 * How long requests in flight may take at shutdown: nine tenths of what `backend.lifecycle.shutdownTimeout` gives every
 * hook (default 15 s; a bare number is seconds), so that they are cut by the listener, not left behind by the boot. It is longer
 * than a call to a provider may take (10 s): what would have been answered is.
 */
export function drainMilliseconds(config: Config): number {
  const timeout = config.getOptional<unknown>('backend.lifecycle.shutdownTimeout') ?? 15;
  const given = durationToMilliseconds(timeout, { bareNumber: 'seconds' });
  return (given ?? 15_000) * 0.9;
}
