/** The session behind the cookie of a request. */
import type { Context } from 'koa';
import { RefusalError } from '../errors.ts';
import type { Session } from '../sessions/session.ts';
import { clearCookie, readCookies, type CookieAttributes } from '../cookies.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Opens the session; a cookie that opens none is removed.
 *
 * @throws `ERR_AUTH_SESSION_MISSING`, `ERR_AUTH_SESSION_ENDED`; `ERR_AUTH_UNAVAILABLE` while the database is away.
 */
export async function findSession(
  ctx: Context,
  { sessions }: Surroundings,
  options: { cookie: CookieAttributes & { name: string }; providerId: string; environment: string },
): Promise<Session> {
  const { cookie, providerId, environment } = options;
  const ticket = readCookies(ctx.req).get(cookie.name);
  if (!ticket) throw new RefusalError('ERR_AUTH_SESSION_MISSING');
  const session = await sessions.find(ticket, providerId, environment).catch((error: unknown) => {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error, hint: 'The database did not answer.' });
  });
  if (session) return session;
  clearCookie(ctx.res, cookie.name, cookie);
  throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The cookie opens no session that is alive.' });
}
