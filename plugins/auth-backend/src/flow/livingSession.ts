/**
 * The session that a browser brings along to a start. It never stands in the way of a sign-in: where it cannot be looked
 * up, the sign-in begins as if there were none.
 */
import type { Context } from 'koa';
import { readCookies } from '../http/cookies.ts';
import type { BackstageInstance, OAuthInstance } from '../providers/instances.ts';
import type { Session } from '../sessions/session.ts';
import type { FlowContext } from './flowContext.ts';

/** A living session of the provider and environment, in this browser. */
export async function livingSession(
  ctx: Context,
  { sessions, logger }: FlowContext,
  { providerId, sessionCookie }: OAuthInstance | BackstageInstance,
  environment: string,
): Promise<Session | undefined> {
  const sessionToken = readCookies(ctx.req).get(sessionCookie.name);
  if (!sessionToken) return undefined;
  try {
    return await sessions.find(sessionToken, providerId, environment);
  } catch (error) {
    logger.warn(
      `sign-in with '${providerId}' begins without the scopes of the session, which cannot be looked up`,
      error as Error,
    );
    return undefined;
  }
}
