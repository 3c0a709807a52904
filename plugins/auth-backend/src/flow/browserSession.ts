/** The session that a browser brings along in its cookie. */
import { RefusalError } from '@vestibule/plugin-auth-node';
import { orUnavailable } from '../errors.ts';
import type { Session } from '../sessions/session.ts';
import type { FlowRequest, NamedEnvironment } from './flowRequest.ts';

/**
 * Opens the session; a cookie that opens none is removed.
 *
 * @throws `ERR_AUTH_SESSION_MISSING`, `ERR_AUTH_SESSION_ENDED`, `ERR_AUTH_SESSION_NOT_RENEWABLE`; `ERR_AUTH_UNAVAILABLE` while the database is away.
 */
export async function findSession(
  asked: FlowRequest,
  { environment, refreshTokenAdvice }: NamedEnvironment,
): Promise<Session> {
  const { sessions } = asked.flow;
  const address = addressOf(asked, environment);
  if (!address) throw new RefusalError('ERR_AUTH_SESSION_MISSING');
  const { session, hasRunOut } = await orUnavailable(async () => {
    const session = await sessions.find(address);
    const hasRunOut = !session && (await sessions.hasRunOut(address));
    // Said once.
    if (hasRunOut) await sessions.end(address.sessionToken);
    return { session, hasRunOut };
  });
  if (session) return session;
  asked.cookies.session.clear(asked.ctx.res);
  if (hasRunOut) throw new RefusalError('ERR_AUTH_SESSION_NOT_RENEWABLE', { hint: refreshTokenAdvice });
  throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The cookie opens no session that is alive.' });
}

/**
 * The living session that a browser brings along to a start. It never stands in the way of a sign-in: where it cannot be
 * looked up, the sign-in begins as if there were none.
 */
export async function livingSession(asked: FlowRequest, environment: string): Promise<Session | undefined> {
  const { sessions, logger } = asked.flow;
  const address = addressOf(asked, environment);
  try {
    return address && (await sessions.find(address));
  } catch (error) {
    logger.warn(
      `sign-in with '${asked.provider.id}' begins without the scopes of the session, which cannot be looked up`,
      error as Error,
    );
    return undefined;
  }
}

/** Ends the session of a browser, and answers with it as it was. @throws `ERR_AUTH_UNAVAILABLE` while the database is away. */
export async function endSession(asked: FlowRequest, environment: string): Promise<Session | undefined> {
  const { sessions, providerSessions } = asked.flow;
  const address = addressOf(asked, environment);
  if (!address) return undefined;
  asked.cookies.session.clear(asked.ctx.res);
  return orUnavailable(async () => {
    const session = await sessions.find(address);
    await sessions.end(address.sessionToken);
    if (session && asked.provider.verifyLogoutToken) await providerSessions.forget(address.sessionToken);
    return session;
  });
}

function addressOf({ ctx, provider, cookies }: FlowRequest, environment: string) {
  const sessionToken = cookies.session.read(ctx.req);
  return sessionToken ? { sessionToken, providerId: provider.id, environment } : undefined;
}
