/** The form in which a provider sends a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.5). */
import type { IncomingMessage } from 'node:http';
import { isObject } from '@vestibule/backend-plugin-api';
import type { RouteContext } from '@vestibule/koa-handler';

const maximumBytes = 65_536;

/** The one `logout_token` of the form; `undefined` where the body is no such form, too large, or cut off. */
export async function readLogoutToken(ctx: RouteContext): Promise<string | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(ctx.get('content-type'))) return undefined;
  const { readableEnded, body } = ctx.req as IncomingMessage & { body?: unknown };
  // A host with body parsers has read the stream already.
  const given = readableEnded ? [isObject(body) ? body['logout_token'] : undefined] : await readForm(ctx.req);
  const [token, ...more] = given;
  return typeof token === 'string' && token !== '' && more.length === 0 ? token : undefined;
}

async function readForm(request: IncomingMessage): Promise<string[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= maximumBytes) chunks.push(chunk);
    }
  } catch {
    return [];
  }
  // Read to its end, and forgotten: an answer before that would cut the connection under a client that still sends.
  if (bytes > maximumBytes) return [];
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8')).getAll('logout_token');
}
