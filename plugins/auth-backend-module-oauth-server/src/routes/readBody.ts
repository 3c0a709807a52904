/**
 * Bodies of requests to the OAuth server: forms (RFC 6749 appendix B), and JSON, which Backstage's clients send. Each
 * parameter at most once, and a text (RFC 6749 section 3.2).
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { isObject } from '@vestibule/backend-plugin-api';
import { OAuthError } from '../oauthError.ts';

/** The parameters of a request, by name. */
export type Fields = ReadonlyMap<string, string>;

/** A revocation may carry a whole user token, which has 32 KiB at most. */
const maximumBytes = 65_536;

/**
 * The parameters of a form or of a JSON object. One without a value counts as absent (RFC 6749 section 3.2).
 *
 * @throws OAuthError `invalid_request`.
 */
export async function readFields(ctx: Context): Promise<Fields> {
  const parsed = parsedByHost(ctx);
  if (parsed !== undefined) return fieldsOf(membersOf(parsed));
  if (ctx.is('json')) return fieldsOf(membersOf(parseJson(await readText(ctx))));
  if (ctx.is('urlencoded')) return fieldsOf(new URLSearchParams(await readText(ctx)));
  throw new OAuthError('invalid_request', 'The body must be a form or JSON');
}

/**
 * The value of a JSON body.
 *
 * @throws OAuthError `invalid_request`.
 */
export async function readJson(ctx: Context): Promise<unknown> {
  if (!ctx.is('json')) throw new OAuthError('invalid_request', 'The body must be JSON');
  return parsedByHost(ctx) ?? parseJson(await readText(ctx));
}

/**
 * Each parameter once, without control characters.
 *
 * @param repeatable - Names that a specification lets come several times; the first one counts.
 * @throws OAuthError `invalid_request`.
 */
export function fieldsOf(
  entries: Iterable<readonly [string, unknown]>,
  { repeatable = [] }: { repeatable?: readonly string[] } = {},
): Fields {
  const fields = new Map<string, string>();
  for (const [name, value] of entries) {
    if (Array.isArray(value) || (fields.has(name) && !repeatable.includes(name))) {
      throw new OAuthError('invalid_request', 'A parameter is repeated');
    }
    if (typeof value !== 'string') throw new OAuthError('invalid_request', 'A parameter is no text');
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(name + value)) {
      throw new OAuthError('invalid_request', 'A parameter has a control character');
    }
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

/** A host with body parsers has read the stream already; one that did not know the type may leave an empty object. */
function parsedByHost(ctx: Context): unknown {
  const { readableEnded, body } = ctx.req as IncomingMessage & { body?: unknown };
  return readableEnded ? body : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Without the parser's words: they quote the body.
    throw new OAuthError('invalid_request', 'The body is no JSON');
  }
}

async function readText(ctx: Context): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= maximumBytes) chunks.push(chunk);
    }
  } catch {
    throw new OAuthError('invalid_request', 'The body ended too early');
  }
  // Read to its end, and forgotten: an answer before that would cut the connection under a client that still sends.
  if (bytes > maximumBytes) throw new OAuthError('invalid_request', 'The body is too large');
  return Buffer.concat(chunks).toString('utf8');
}

function membersOf(body: unknown): [string, unknown][] {
  if (!isObject(body)) throw new OAuthError('invalid_request', 'The body must be an object');
  return Object.entries(body);
}
