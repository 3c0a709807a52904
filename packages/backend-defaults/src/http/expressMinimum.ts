/**
 * What handlers written for Express find where no Express is loaded, as in a plugin that was bundled into one file: the
 * members that most of them use, with Express's meanings. The others say in one sentence why they are not there.
 */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import { CodedError } from '@vestibule/backend-plugin-api';
import type { MountedRequest } from './handlers.ts';
import { pathOf, searchParametersOf } from './requestTarget.ts';

/** For the log, and for who reads it. */
export const expressMinimumMembers =
  'req.query, params, path, protocol, hostname, get; res.locals, status, sendStatus, set, get, append, type, json, send, ' +
  'location, redirect, cookie, clearCookie';

const absentOfRequest = ['accepts', 'acceptsCharsets', 'acceptsEncodings', 'acceptsLanguages', 'is', 'range'];
const absentOfResponse = ['attachment', 'download', 'format', 'jsonp', 'links', 'render', 'sendFile', 'vary'];

interface CookieOptions {
  maxAge?: number;
  expires?: Date;
  domain?: string;
  path?: string;
  httpOnly?: boolean;
  secure?: boolean;
  sameSite?: boolean | string;
}

/** Puts the members on a request and its response. */
export function addExpressMinimum(
  request: MountedRequest,
  response: ServerResponse,
  { clientAddress }: { clientAddress: (request: MountedRequest) => string },
): void {
  const header = (name: string): unknown => {
    const key = name.toLowerCase();
    return request.headers[key === 'referrer' ? 'referer' : key];
  };
  const isSecure = 'encrypted' in request.socket;
  Object.assign(request, absent('req', absentOfRequest), {
    params: {},
    get: header,
    header,
    ip: request.ip ?? clientAddress(request),
    protocol: isSecure ? 'https' : 'http',
    secure: isSecure,
    hostname: request.headers.host?.replace(/:\d+$/, ''),
  });
  Object.defineProperties(request, {
    path: { configurable: true, get: () => pathOf(request.url ?? '/') },
    query: { configurable: true, writable: true, value: queryOf(request) },
  });

  const set = (names: string | Record<string, unknown>, value?: unknown): ServerResponse => {
    const pairs = typeof names === 'string' ? [[names, value] as const] : Object.entries(names);
    for (const [name, each] of pairs)
      response.setHeader(name, Array.isArray(each) ? each.map(String) : String(each));
    return response;
  };
  const sendAs = (type: string, body: string | Buffer): ServerResponse => {
    if (!response.hasHeader('Content-Type')) set('Content-Type', type);
    const hasBody = response.statusCode !== 204 && response.statusCode !== 304;
    if (!hasBody) {
      response.removeHeader('Content-Type');
      return response.end();
    }
    set('Content-Length', Buffer.byteLength(body));
    return request.method === 'HEAD' ? response.end() : response.end(body);
  };
  const json = (value: unknown): ServerResponse =>
    sendAs('application/json; charset=utf-8', JSON.stringify(value) ?? '');
  const cookie = (name: string, value: string | object, options: CookieOptions = {}): ServerResponse =>
    response.appendHeader('Set-Cookie', cookieOf(name, value, options));
  const status = (code: number): ServerResponse => {
    response.statusCode = code;
    return response;
  };
  const location = (url: string): ServerResponse => set('Location', encodedUrl(url));
  Object.assign(response, absent('res', absentOfResponse), {
    locals: {},
    status,
    sendStatus: (code: number) => {
      response.statusCode = code;
      return sendAs('text/plain; charset=utf-8', STATUS_CODES[code] ?? String(code));
    },
    set,
    header: set,
    get: (name: string) => response.getHeader(name),
    append: (name: string, value: string | string[]) => response.appendHeader(name, value),
    type: (type: string) => set('Content-Type', type),
    json,
    send: (body?: string | number | boolean | object | null) => {
      if (Buffer.isBuffer(body)) return sendAs('application/octet-stream', body);
      if (typeof body === 'object' && body !== null) return json(body);
      return sendAs('text/html; charset=utf-8', String(body ?? ''));
    },
    location,
    redirect: (first: string | number, second?: string) => {
      response.statusCode = typeof first === 'number' ? first : 302;
      location(typeof first === 'number' ? (second ?? '/') : first);
      return sendAs('text/plain; charset=utf-8', STATUS_CODES[response.statusCode] ?? '');
    },
    cookie,
    clearCookie: (name: string, options: CookieOptions = {}) =>
      cookie(name, '', { ...options, maxAge: 0, expires: new Date(1) }),
  });
}

/** A name that stands there several times has a list. */
function queryOf({ url = '/' }: MountedRequest): Record<string, string | string[]> {
  const searchParams = searchParametersOf(url);
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const [first = '', ...others] = searchParams.getAll(name);
      return [name, others.length === 0 ? first : [first, ...others]];
    }),
  );
}

/** What is encoded already stays as it is. */
function encodedUrl(url: string): string {
  return url.replace(/[^!-~]+/gu, (run) => encodeURIComponent(Buffer.from(run).toString()));
}

function cookieOf(name: string, value: string | object, options: CookieOptions): string {
  const { maxAge, expires, domain, path = '/', httpOnly, secure, sameSite } = options;
  const text = typeof value === 'object' ? `j:${JSON.stringify(value)}` : value;
  return [
    `${name}=${encodeURIComponent(text)}`,
    ...(maxAge === undefined ? [] : [`Max-Age=${Math.floor(maxAge / 1000)}`]),
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `Path=${path}`,
    ...(expires === undefined ? [] : [`Expires=${expires.toUTCString()}`]),
    ...(httpOnly === true ? ['HttpOnly'] : []),
    ...(secure === true ? ['Secure'] : []),
    ...(sameSite === undefined || sameSite === false
      ? []
      : [`SameSite=${sameSite === true ? 'Strict' : sameSite}`]),
  ].join('; ');
}

function absent(of: 'req' | 'res', names: readonly string[]): Record<string, () => never> {
  const refuse = (name: string) => (): never => {
    throw new CodedError(
      'ERR_HTTP_EXPRESS_MISSING',
      `${of}.${name} is Express's, and no Express was found among the modules of this process`,
      { hint: 'Leave express out of the bundle of the plugin, and install it beside it.' },
    );
  };
  return Object.fromEntries(names.map((name) => [name, refuse(name)]));
}
