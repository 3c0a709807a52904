/** The session behind the cookie of a request. */
import type { Context } from 'koa';
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { BackstageInstance, OAuthInstance } from '../providers/instances.ts';
import type { Session } from '../sessions/session.ts';
import { clearCookie, readCookies } from '../http/cookies.ts';
import type { FlowContext } from './flowContext.ts';

/**
 * Opens the session; a cookie that opens none is removed.
 *
 * @throws `ERR_AUTH_SESSION_MISSING`, `ERR_AUTH_SESSION_ENDED`, `ERR_AUTH_SESSION_NOT_RENEWABLE`; `ERR_AUTH_UNAVAILABLE` while the database is away.
 */
export async function findSession(
  ctx: Context,
  { sessions }: FlowContext,
  { instance, environment }: { instance: OAuthInstance | BackstageInstance; environment: string },
): Promise<Session> {
  const { sessionCookie: cookie, providerId, refreshTokenAdvice } = instance;
  const sessionToken = readCookies(ctx.req).get(cookie.name);
  if (!sessionToken) throw new RefusalError('ERR_AUTH_SESSION_MISSING');
  let hasRunOut: boolean;
  try {
    const session = await sessions.find(sessionToken, providerId, environment);
    if (session) return session;
    hasRunOut = await sessions.hasRunOut(sessionToken, providerId, environment);
    // Said once.
    if (hasRunOut) await sessions.end(sessionToken);
  } catch (error) {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error, hint: 'The database did not answer.' });
  }
  clearCookie(ctx.res, cookie.name, cookie);
  if (hasRunOut) throw new RefusalError('ERR_AUTH_SESSION_NOT_RENEWABLE', { hint: refreshTokenAdvice });
  throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The cookie opens no session that is alive.' });
}
