/** The session that a browser brings along in its cookie. */
import type { Context } from 'koa';
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { EnvironmentSettings } from '../providers/signInProvider.ts';
import type { Session } from '../sessions/session.ts';
import type { FlowContext } from './signInFlow.ts';
import type { FlowProvider } from './findProvider.ts';

/**
 * Opens the session; a cookie that opens none is removed.
 *
 * @throws `ERR_AUTH_SESSION_MISSING`, `ERR_AUTH_SESSION_ENDED`, `ERR_AUTH_SESSION_NOT_RENEWABLE`; `ERR_AUTH_UNAVAILABLE` while the database is away.
 */
export async function findSession(
  ctx: Context,
  { sessions }: FlowContext,
  { provider, cookies }: FlowProvider,
  { environment, refreshTokenAdvice }: EnvironmentSettings & { environment: string },
): Promise<Session> {
  const sessionToken = cookies.session.read(ctx.req);
  if (!sessionToken) throw new RefusalError('ERR_AUTH_SESSION_MISSING');
  const address = { sessionToken, providerId: provider.id, environment };
  const { session, hasRunOut } = await orUnavailable(async () => {
    const session = await sessions.find(address);
    const hasRunOut = !session && (await sessions.hasRunOut(address));
    // Said once.
    if (hasRunOut) await sessions.end(sessionToken);
    return { session, hasRunOut };
  });
  if (session) return session;
  cookies.session.clear(ctx.res);
  if (hasRunOut) throw new RefusalError('ERR_AUTH_SESSION_NOT_RENEWABLE', { hint: refreshTokenAdvice });
  throw new RefusalError('ERR_AUTH_SESSION_ENDED', { hint: 'The cookie opens no session that is alive.' });
}

/**
 * The living session that a browser brings along to a start. It never stands in the way of a sign-in: where it cannot be
 * looked up, the sign-in begins as if there were none.
 */
export async function livingSession(
  ctx: Context,
  { sessions, logger }: FlowContext,
  { provider, cookies }: FlowProvider,
  environment: string,
): Promise<Session | undefined> {
  const sessionToken = cookies.session.read(ctx.req);
  if (!sessionToken) return undefined;
  try {
    return await sessions.find({ sessionToken, providerId: provider.id, environment });
  } catch (error) {
    logger.warn(
      `sign-in with '${provider.id}' begins without the scopes of the session, which cannot be looked up`,
      error as Error,
    );
    return undefined;
  }
}

/** Ends the session of a browser, and answers with it as it was. @throws `ERR_AUTH_UNAVAILABLE` while the database is away. */
export async function endSession(
  ctx: Context,
  { sessions }: FlowContext,
  { provider, cookies }: FlowProvider,
  environment: string,
): Promise<Session | undefined> {
  const sessionToken = cookies.session.read(ctx.req);
  if (!sessionToken) return undefined;
  cookies.session.clear(ctx.res);
  return orUnavailable(async () => {
    const session = await sessions.find({ sessionToken, providerId: provider.id, environment });
    await sessions.end(sessionToken);
    return session;
  });
}

/** @throws `ERR_AUTH_UNAVAILABLE` where the act fails, as it does while the database is away. */
export async function orUnavailable<T>(
  act: () => Promise<T>,
  hint = 'The database did not answer.',
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error, hint });
  }
}
