/**
 * Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol), as `backend.cors` says. Answers allowed
 * origins only; the others get no header at all, so that their browsers refuse. Without `backend.cors.origin`, nobody is
 * allowed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import picomatch from 'picomatch';
import type { HttpConfig } from './httpConfig.ts';

/** Sets the headers of one answer; `true` where a preflight has been answered with that. */
export type Cors = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Prepares CORS; `undefined` where it is not configured. */
export function createCors(config: HttpConfig['cors']): Cors | undefined {
  const origins = [config?.origin ?? []].flat(); // not split: a glob may hold commas
  if (!config || origins.length === 0) return undefined;
  const isAllowed = originMatcher(origins);
  const methods = listOf(config.methods ?? 'GET,HEAD,PUT,PATCH,POST,DELETE').join(',');
  const allowedHeaders = config.allowedHeaders && listOf(config.allowedHeaders).join(',');
  const exposedHeaders = config.exposedHeaders && listOf(config.exposedHeaders).join(',');

  return (request, response) => {
    // Also for refused origins: caches must not hand them what an allowed one was given.
    response.setHeader('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !isAllowed(origin)) return false;
    response.setHeader('Access-Control-Allow-Origin', origin);
    if (config.credentials) response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (exposedHeaders) response.setHeader('Access-Control-Expose-Headers', exposedHeaders);
    if (request.method !== 'OPTIONS') return false;

    response.setHeader('Access-Control-Allow-Methods', methods);
    const requested = request.headers['access-control-request-headers'];
    if (allowedHeaders === undefined) response.setHeader('Vary', 'Origin, Access-Control-Request-Headers');
    const headers = allowedHeaders ?? requested;
    if (headers) response.setHeader('Access-Control-Allow-Headers', headers);
    if (config.maxAge !== undefined) response.setHeader('Access-Control-Max-Age', String(config.maxAge));
    if (config.preflightContinue) return false;
    response.statusCode = config.optionsSuccessStatus ?? 204;
    response.setHeader('Content-Length', '0');
    response.end();
    return true;
  };
}

/** Whether an Origin header matches one of the globs. */
export function originMatcher(origins: readonly string[]): (origin: string) => boolean {
  const matchers = origins.map((origin) => picomatch(origin, { nocase: true, noglobstar: true }));
  return (origin) => matchers.some((matches) => matches(origin));
}

/** The items of a list, or of a text with commas. */
function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
}
