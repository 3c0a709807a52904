/**
 * `GET|POST /<provider>/refresh`: a new identity from the session, without the person.
 *
 * While the provider or the catalog is away, the answer comes from the session's last good identity, for the grace time;
 * a stock front end takes anything but 2xx as signed out.
 */
import type { Context } from 'koa';
import { backstageIdentityOf, providerInfoOf, type AuthResponse } from '../authResponse.ts';
import { beginDecision, type Decision } from '../decisions/decision.ts';
import { RefusalError, decisionCodeOf } from '../errors.ts';
import type { OAuthInstance, ProxyInstance } from '../providers/instances.ts';
import { parseScopes } from '../providers/scopes.ts';
import { isOutage, resolveIdentity } from '../resolution/resolveIdentity.ts';
import type { Session } from '../sessions/session.ts';
import { clearCookie } from './cookies.ts';
import { findSession } from './findSession.ts';
import { refreshHosted } from './hosted.ts';
import { readQuery } from './query.ts';
import {
  budgetSignal,
  checkCaller,
  findEnvironment,
  findProvider,
  parameter,
  type Surroundings,
} from './surroundings.ts';

/** Front ends ask again when less than 180 s are left, so this leads to the next try after five minutes. */
const graceAnswerSeconds = 480;
/** For this long after a failure nobody waits for the failing part again. */
const outagePauseMilliseconds = 30_000;

export async function refresh(ctx: Context, surroundings: Surroundings, providerId: string): Promise<void> {
  const entry = findProvider(surroundings, providerId);
  checkCaller(ctx, surroundings);
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  if (entry.kind === 'proxy') {
    ctx.body = await refreshProxy(ctx, surroundings, entry);
    return;
  }
  if (entry.kind === 'hosted') {
    ctx.body = await refreshHosted(ctx, surroundings, entry, query);
    return;
  }
  const instance = findEnvironment(entry, parameter(query, 'env'));
  const scopes = parseScopes(parameter(query, 'scope'));
  const { sessionCookie, environment } = instance;
  const session = await findSession(ctx, surroundings, { cookie: sessionCookie, providerId, environment });
  if (instance.persistsScopes && !scopes.every((scope) => session.tokens.scopes.includes(scope))) {
    throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED');
  }
  const { logger, clock } = surroundings;
  const record = beginDecision({ event: 'refresh', providerId, environment, logger, clock });
  try {
    ctx.body = await renew(surroundings, instance, session, scopes, record.decision);
    record.allow();
  } catch (error) {
    record.refuse(error);
    const refusal = toSessionRefusal(error);
    if (refusal.code === 'ERR_AUTH_SESSION_ENDED') {
      await surroundings.sessions.end(session.ticket);
      clearCookie(ctx.res, sessionCookie.name, sessionCookie);
    }
    throw refusal;
  }
}

async function renew(
  surroundings: Surroundings,
  instance: OAuthInstance,
  session: Session,
  scopes: readonly string[],
  decision: Decision,
): Promise<AuthResponse> {
  const { sessions, renewal, contexts, userInfo, clock } = surroundings;
  const { provider, persistsScopes, resolvers } = instance;
  if (session.outage && clock() - session.outage.seenAt < outagePauseMilliseconds) {
    return grace(surroundings, session, decision, new RefusalError('ERR_AUTH_UNAVAILABLE'));
  }
  const signal = budgetSignal();
  let current = session;
  try {
    current = await renewal.renew({ session, provider, scopes, persistsScopes, signal });
    const issued =
      resolvers.length > 0
        ? await resolveIdentity({ login: current.identity, resolvers, contexts, decision, signal })
        : undefined;
    if (issued) {
      await userInfo.write(issued.claims);
      const changed = JSON.stringify(current.identity.claims) !== JSON.stringify(issued.claims);
      if (changed) await sessions.saveIdentity(current, { ...current.identity, claims: issued.claims });
    }
    if (current.outage) await sessions.saveOutage(current, undefined);
    return {
      profile: current.identity.profile,
      providerInfo: providerInfoOf(current.tokens, clock),
      ...(issued && { backstageIdentity: backstageIdentityOf(issued, issued.claims, clock) }),
    };
  } catch (error) {
    if (!isOutage(error)) throw error;
    const seenAt = clock();
    const outage = { since: current.outage?.since ?? seenAt, seenAt };
    await sessions.saveOutage(current, outage);
    return grace(surroundings, { ...current, outage }, decision, error);
  }
}

/** @throws the outage itself, where the grace time is over or there is no identity to go on with. */
function grace(
  { tokens, graceMilliseconds, clock }: Surroundings,
  session: Session,
  decision: Decision,
  outage: unknown,
): AuthResponse {
  const since = session.outage?.since ?? clock();
  if (clock() - since >= graceMilliseconds) throw outage;
  const { claims, profile } = session.identity;
  decision.grace = true;
  if (claims) decision.userEntityRef = claims.sub;
  const issued = claims && tokens.issue(claims, { lifetimeSeconds: graceAnswerSeconds });
  return {
    profile,
    providerInfo: providerInfoOf(session.tokens, clock, graceAnswerSeconds),
    ...(issued && claims && { backstageIdentity: backstageIdentityOf(issued, claims, clock) }),
  };
}

/** A definite no ends the session; a part that is away does not. */
function toSessionRefusal(error: unknown): RefusalError {
  const code = decisionCodeOf(error);
  if (code === 'ERR_AUTH_SCOPE_NOT_GRANTED') return new RefusalError(code, { cause: error });
  if (code === undefined || isOutage(error))
    return new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error });
  return new RefusalError('ERR_AUTH_SESSION_ENDED', { cause: error });
}

async function refreshProxy(
  ctx: Context,
  surroundings: Surroundings,
  instance: ProxyInstance,
): Promise<AuthResponse> {
  const { contexts, userInfo, logger, clock } = surroundings;
  const { providerId, provider, resolvers } = instance;
  const record = beginDecision({ event: 'sign-in', providerId, logger, clock });
  const { decision } = record;
  try {
    const signal = budgetSignal();
    const { profile, result, providerInfo } = await provider.authenticate({
      headers: ctx.req.headers,
      signal,
    });
    const issued = await resolveIdentity({
      login: { profile, result },
      resolvers,
      contexts,
      decision,
      signal,
    });
    await userInfo.write(issued.claims);
    record.allow();
    return {
      profile,
      ...(providerInfo && { providerInfo }),
      backstageIdentity: backstageIdentityOf(issued, issued.claims, clock),
    };
  } catch (error) {
    record.refuse(error);
    const code = decisionCodeOf(error);
    throw code
      ? new RefusalError(code, { cause: error })
      : new RefusalError('ERR_RESOLVER_FAILED', { cause: error });
  }
}
