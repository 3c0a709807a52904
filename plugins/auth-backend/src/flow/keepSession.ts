/** Ends a sign-in well: writes what userinfo answers, creates the session, and gives the browser its ticket. */
import type { Context } from 'koa';
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { UserTokenClaims } from '../identity/userTokens.ts';
import type { SessionIdentity, VendorTokens } from '../sessions/session.ts';
import { readCookies, setCookie, type CookieAttributes } from '../http/cookies.ts';
import { rememberedMilliseconds } from '../sessions/sessionStore.ts';
import type { FlowContext } from './flowContext.ts';

/** @throws `ERR_AUTH_UNAVAILABLE` while the database is away. */
export async function keepSession(
  ctx: Context,
  { sessions, userInfo, clock }: FlowContext,
  options: {
    cookie: CookieAttributes & { name: string };
    providerId: string;
    environment: string;
    scopes: readonly string[];
    tokens: VendorTokens;
    identity: SessionIdentity;
    claims: UserTokenClaims | undefined;
    endsAt: number;
  },
): Promise<void> {
  const { cookie, identity, claims, endsAt, ...rest } = options;
  try {
    if (claims) await userInfo.write(claims);
    const { sessionToken } = await sessions.create({
      ...rest,
      identity: { ...identity, ...(claims && { claims }) },
      endsAt,
      replaces: readCookies(ctx.req).get(cookie.name),
    });
    // Where the session ends with its access token, the ticket outlives it, so that the refusal can say why.
    const keptUntil = endsAt === rest.tokens.expiresAt ? endsAt + rememberedMilliseconds : endsAt;
    const maxAgeSeconds = Math.ceil((keptUntil - clock.now()) / 1000);
    setCookie(ctx.res, cookie.name, sessionToken, cookie, { maxAgeSeconds, expiresAt: keptUntil });
  } catch (error) {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', {
      cause: error,
      hint: 'The database did not take the session.',
    });
  }
}
