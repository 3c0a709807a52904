/** `GET|POST /<provider>/refresh`: a new identity from the session, without the person. */
import type { Context } from 'koa';
import { backstageIdentityOf, providerInfoOf, type AuthResponse } from '../authResponse.ts';
import { beginDecision, type Decision } from '../decisions/decision.ts';
import { RefusalError, decisionCodeOf } from '../errors.ts';
import type { OAuthInstance, ProxyInstance } from '../providers/instances.ts';
import { parseScopes } from '../providers/scopes.ts';
import { resolveIdentity } from '../resolution/resolveIdentity.ts';
import type { Session } from '../sessions/session.ts';
import { budgetSignal, withinBudget } from '../budget.ts';
import { clearCookie } from './cookies.ts';
import { findSession } from './findSession.ts';
import { refreshHosted } from './hostedRefresh.ts';
import { readQuery } from './query.ts';
import { grace, isOutageRecent, survive, toSessionRefusal } from './sessionRefusal.ts';
import { checkCaller, findEnvironment, findProvider, parameter, type Surroundings } from './surroundings.ts';

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
    const refusal = toSessionRefusal(error);
    // What has no code of its own is a fault of ours, or the database's: the record then says what the person is told.
    record.refuse(decisionCodeOf(error) ? error : refusal);
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
  if (isOutageRecent(surroundings, session)) {
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
    return survive(surroundings, current, decision, error);
  }
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
    const { profile, result, providerInfo } = await withinBudget(
      signal,
      provider.authenticate({ headers: ctx.req.headers, signal }),
    );
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
