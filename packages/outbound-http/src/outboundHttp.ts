/**
 * Calls to the outside, each with a deadline, a body limit and no redirects. Connections are kept alive and bounded.
 * Proxy: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`; private CAs: `NODE_EXTRA_CA_CERTS`.
 */
import { parseUrl, withDeadline } from '@vestibule/backend-plugin-api';
import type { Dispatcher } from 'undici';
import { createAddressGuard } from './addressGuard.ts';
import type { ResolveHost } from './inTurn.ts';
import { createConnections } from './connections.ts';
import { converse, type Answer } from './converse.ts';
import { decode } from './decode.ts';
import { OutboundError } from './errors.ts';

const defaultTimeoutMilliseconds = 10_000;
const defaultMaxBodyBytes = 1024 * 1024;
const defaultMaxConnectionsPerOrigin = 32;

/** One call. @public */
export interface OutboundRequest {
  url: string | URL;
  /** Default: `GET`. */
  method?: 'GET' | 'POST';
  /** Sent as they are. Only `host`, `connection` and, with a body, `content-length` are added. */
  headers?: Record<string, string>;
  body?: string;
  /** Ends the call early, for example with the budget of the incoming request. */
  signal?: AbortSignal;
  /** A shorter deadline than that of the client. */
  timeoutMilliseconds?: number;
}

/** An answer, read to its end. Redirects arrive as they are: nobody follows them. @public */
export interface OutboundResponse {
  status: number;
  /** Lower-case names; a repeated header is joined by commas. */
  headers: Record<string, string>;
  text: string;
}

/** @public */
export interface OutboundHttp {
  /**
   * Makes a call and reads the answer.
   *
   * @throws OutboundError `ERR_OUTBOUND_NETWORK`, `ERR_OUTBOUND_TIMEOUT`, `ERR_OUTBOUND_TOO_LARGE` or, with
   *   `publicAddressesOnly`, `ERR_OUTBOUND_ADDRESS_NOT_PUBLIC`.
   */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /**
   * The same as a WHATWG fetch, for libraries that take one. Throws what `request` throws; follows no redirect, whatever
   * it is asked. The answer has been read to its end, and its `url` is empty.
   */
  readonly fetch: typeof globalThis.fetch;
  /** Waits for calls under way, then closes all connections; later calls open new ones. */
  close(): Promise<void>;
}

/** @public */
export interface OutboundHttpOptions {
  /** Default 10 s for each call. */
  timeoutMilliseconds?: number;
  /** Default 1 MB. */
  maxBodyBytes?: number;
  /** Calls under way at once to one origin; further ones wait. Default 32. */
  maxConnectionsPerOrigin?: number;
  /**
   * Refuses hosts that have an address which is not public unicast: for URLs that a stranger chose. Default false. Behind a
   * proxy the name is looked up and judged here first, so it must have an address here, too; which one the proxy then
   * connects to is the proxy's to decide.
   */
  publicAddressesOnly?: boolean;
  /**
   * Sends a call once more where the other side closes the connection before a byte of the answer, as it may with one that
   * was kept. Default true. Give false for servers that a stranger chose: they are asked as often as was decided, and no
   * more.
   */
  repeatsUnanswered?: boolean;
  /** How `publicAddressesOnly` looks names up. Default: as the operating system does. */
  resolve?: ResolveHost;
}

/**
 * Creates the client. One for each plugin or provider is enough; nothing is opened before the first call.
 *
 * @example
 * ```ts
 * const http = createOutboundHttp();
 * const keys = parseJson(await http.request({ url: 'https://idp.example.com/jwks' }));
 * ```
 * @public
 */
export function createOutboundHttp(options: OutboundHttpOptions = {}): OutboundHttp {
  const limits = {
    timeoutMilliseconds: options.timeoutMilliseconds ?? defaultTimeoutMilliseconds,
    maxBodyBytes: options.maxBodyBytes ?? defaultMaxBodyBytes,
    maxConnectionsPerOrigin: options.maxConnectionsPerOrigin ?? defaultMaxConnectionsPerOrigin,
  };
  const repeats = options.repeatsUnanswered ?? true;
  const guard = options.publicAddressesOnly ? createAddressGuard({ resolve: options.resolve }) : undefined;
  const connections = createConnections({ ...limits, guard });
  const underWay = new Set<Promise<unknown>>();

  return {
    async request({ url, method = 'GET', headers = {}, body, signal, timeoutMilliseconds }) {
      const call = { method, headers, body, signal, timeoutMilliseconds };
      const answer = await exchange(callableUrl(url), call);
      const joined: Record<string, string> = {};
      for (const [name, value] of Object.entries(answer.headers))
        joined[name] = typeof value === 'string' ? value : value.join(', ');
      return { status: answer.status, headers: joined, text: textOf(answer.body) };
    },
    async fetch(input, init) {
      const url = callableUrl(input instanceof Request ? input.url : input);
      // The signal is watched here; a copy inside the Request would keep a listener for as long as the signal lives.
      const request = new Request(input, { ...init, signal: null });
      const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined;
      const answer = await exchange(url, {
        method: request.method,
        headers: Object.fromEntries(request.headers),
        body,
        signal: init?.signal ?? (input instanceof Request ? input.signal : undefined),
      });
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        for (const one of [value].flat()) headers.append(name, one);
      }
      const isBodiless = answer.status === 204 || answer.status === 205 || answer.status === 304;
      return new Response(isBodiless ? null : answer.body, { status: answer.status, headers });
    },
    async close() {
      // Each ends at its deadline at the latest, whatever the connections do.
      await Promise.allSettled(underWay);
      await connections.close();
    },
  };

  async function exchange(url: URL, call: Call): Promise<Answer> {
    const promise = exchangeInTime(url, call);
    underWay.add(promise);
    try {
      return await promise;
    } finally {
      underWay.delete(promise);
    }
  }

  /** One call under its deadline. */
  async function exchangeInTime(url: URL, call: Call): Promise<Answer> {
    const place = `${call.method} ${url.origin}${url.pathname}`;
    const milliseconds = Math.min(call.timeoutMilliseconds ?? Infinity, limits.timeoutMilliseconds);
    const tooLate = (reason: string, cause?: unknown) =>
      new OutboundError('ERR_OUTBOUND_TIMEOUT', `${place} ${reason}`, { cause });
    try {
      const request = {
        origin: url.origin,
        path: url.pathname + url.search,
        method: call.method,
        headers: call.headers,
        body: call.body ?? null,
      };
      const answer = await withDeadline(
        {
          milliseconds,
          late: () => tooLate(`gave no complete answer within ${milliseconds} ms`),
          signal: call.signal ?? undefined,
          ended: (reason) => tooLate('was ended before it was answered', reason),
        },
        async (deadline) => {
          await guard?.check(url);
          return converse(await connections.for(url), request, { repeats, deadline });
        },
      );
      return await readable(answer, place);
    } catch (error) {
      throw outboundErrorOf(error, place, limits.maxBodyBytes);
    }
  }

  /** The answer as it was before it was compressed. */
  async function readable({ status, headers, body }: Answer, place: string): Promise<Answer> {
    if (status > 599) {
      throw new OutboundError(
        'ERR_OUTBOUND_NETWORK',
        `${place} answered with a status that HTTP does not have`,
      );
    }
    const encoding = headers['content-encoding'];
    if (encoding === undefined) return { status, headers, body };
    const whole = await decode(body, String(encoding), limits.maxBodyBytes, place);
    // They describe the bytes that travelled, not the ones handed on.
    delete headers['content-encoding'];
    delete headers['content-length'];
    return { status, headers, body: whole };
  }
}

/** As UTF-8; the mark at the beginning, which some write, is none of the text. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  const text = Buffer.from(buffer, byteOffset, byteLength).toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

interface Call {
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
  signal: AbortSignal | null | undefined;
  timeoutMilliseconds?: number | undefined;
}

/** Neither message quotes the URL: what cannot be parsed cannot be stripped of its secrets. */
function callableUrl(url: string | URL): URL {
  const parsed = parseUrl(String(url));
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new OutboundError('ERR_OUTBOUND_NETWORK', 'An outbound call needs an http or https URL');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new OutboundError(
      'ERR_OUTBOUND_NETWORK',
      `A URL of ${parsed.origin} carries a user name or password`,
    );
  }
  return parsed;
}

const timeoutCodes = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const sizeCodes = new Set([
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_HEADERS_OVERFLOW',
  'HPE_HEADER_OVERFLOW',
]);

function outboundErrorOf(error: unknown, place: string, maxBodyBytes: number): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && timeoutCodes.has(code)) {
    return new OutboundError('ERR_OUTBOUND_TIMEOUT', `${place} gave no answer in time`, { cause: error });
  }
  if (typeof code === 'string' && sizeCodes.has(code)) {
    return new OutboundError(
      'ERR_OUTBOUND_TOO_LARGE',
      `${place} answered with too large headers or more than ${maxBodyBytes} bytes`,
      { cause: error },
    );
  }
  const detail = typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? ` (${code})` : '';
  return new OutboundError('ERR_OUTBOUND_NETWORK', `${place} could not be reached${detail}`, {
    cause: error,
  });
}
