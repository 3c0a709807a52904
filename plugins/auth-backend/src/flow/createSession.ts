/** Ends a sign-in well: writes what userinfo answers, creates the session, and gives the browser its token. */
import { orUnavailable } from '../errors.ts';
import type { SignInOutcome } from '../policy/signInPolicy.ts';
import { nameOf, type EnvironmentSettings, type SessionGrant } from '../providers/signInProvider.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import { identityOf, rememberedMilliseconds } from '../sessions/session.ts';
import type { FlowRequest } from './flowRequest.ts';

/** @throws `ERR_AUTH_UNAVAILABLE` while the database is away. */
export async function createSession(
  { ctx, flow, provider, cookies }: FlowRequest,
  options: {
    settings: EnvironmentSettings & { environment: string };
    grant: SessionGrant & { sessionScopes: readonly string[] };
    outcome: SignInOutcome;
    draft: RecordDraft;
  },
): Promise<void> {
  const { sessions, userInfo, clock, shortSessions, logger } = flow;
  const { settings, grant, outcome, draft } = options;
  const { environment, questions, refreshTokenAdvice: advice } = settings;
  const { tokens, vendor, sessionScopes: scopes } = grant;
  const { id: providerId } = provider;
  const claims = outcome.issued?.claims;
  // What both ends are counted from: one that coincides with the end of the access token is recognised as it.
  const now = tokens.checkedAt;
  const longest = now + settings.sessionMilliseconds;
  // Without anything to renew it by, the session lasts as long as the access token.
  const canRenew = provider.canRenew(environment, grant);
  const endsAt = canRenew ? longest : Math.min(longest, tokens.expiresAt ?? longest);
  // The people of a portal notice at the end of such a session only, so whoever runs it is told at its beginning: once in the
  // log, and in every record. One whose access token has no end lasts, unless its provider is asked at each refresh.
  if (!canRenew && (endsAt < longest || provider.renewAlways)) {
    const seconds = endsAt < longest ? Math.round((endsAt - now) / 1000) : undefined;
    draft.shortSession = { ...(seconds !== undefined && { seconds }), advice };
    const name = nameOf(providerId, environment);
    if (!shortSessions.has(name)) {
      const lasting = seconds === undefined ? '' : `, after ${seconds} s`;
      logger.warn(
        `sessions of ${name} end with their access token${lasting}: the provider gave no refresh token. ${advice}`,
      );
    }
    shortSessions.add(name);
  }
  await orUnavailable(async () => {
    if (claims) await userInfo.write(claims);
    const identity = { ...identityOf(grant, questions), shown: outcome.profile, ...(claims && { claims }) };
    const session = { providerId, environment, scopes, tokens, vendor, identity, endsAt };
    const { sessionToken } = await sessions.create(session, cookies.session.read(ctx.req));
    // Where the session ends with its access token, the session token outlives it, so that the refusal can say why.
    const expiresAt = endsAt === tokens.expiresAt ? endsAt + rememberedMilliseconds : endsAt;
    cookies.session.set(ctx.res, sessionToken, { now: clock.now(), expiresAt });
  }, 'The database did not take the session.');
}
