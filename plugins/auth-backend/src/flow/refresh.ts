/** `GET|POST /<provider>/refresh`: a new identity from the session, without the person. */
import type { Context } from 'koa';
import { budgetSignal, RefusalError, signInCodeOf } from '@vestibule/plugin-auth-node';
import { backstageIdentityOf, providerInfoOf, type AuthResponse } from '../authResponse.ts';
import { beginRecord, addSecrets, withoutCauses, type RecordDraft } from '../record/recordDraft.ts';
import type { OAuthInstance } from '../providers/instances.ts';
import { parseScopes } from '../providers/scopes.ts';
import type { Session } from '../sessions/session.ts';
import { clearCookie } from '../http/cookies.ts';
import { findSession } from './findSession.ts';
import { refreshBackstage } from './backstageRefresh.ts';
import { readQuery } from '../http/query.ts';
import { refreshProxy } from './refreshProxy.ts';
import { endsSession, grace, isOutageRecent, survive, toSessionRefusal } from './sessionRefusal.ts';
import { checkCaller, findEnvironment, findProvider, parameter, type FlowContext } from './flowContext.ts';

export async function refresh(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  const entry = findProvider(flow, providerId);
  checkCaller(ctx, flow);
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  if (entry.kind === 'proxy') {
    ctx.body = await refreshProxy(ctx, flow, entry, query);
    return;
  }
  if (entry.kind === 'hosted') {
    ctx.body = await refreshBackstage(ctx, flow, entry, query);
    return;
  }
  const instance = findEnvironment(entry, parameter(query, 'env'));
  const scopes = parseScopes(parameter(query, 'scope'));
  const { sessionCookie, environment } = instance;
  const { logger, clock, records } = flow;
  const record = beginRecord({ event: 'refresh', providerId, environment, logger, clock, records });
  const session = await findSession(ctx, flow, { instance, environment }).catch(async (error: unknown) => {
    if (signInCodeOf(error) !== 'ERR_AUTH_SESSION_NOT_RENEWABLE') throw error;
    record.keep('refusals');
    throw withoutCauses(error, await record.refuse(error));
  });
  if (instance.persistsScopes && !scopes.every((scope) => session.tokens.scopes.includes(scope))) {
    throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED');
  }
  record.keep('refusals');
  addSecrets(record.draft, tokensIn(session));
  try {
    ctx.body = await renew(flow, instance, session, scopes, record.draft);
    record.allow();
  } catch (error) {
    const refusal = toSessionRefusal(error, instance);
    // What has no code of its own is a fault of ours, or the database's: the record then says what the person is told.
    const told = await record.refuse(
      signInCodeOf(error) && refusal.code !== 'ERR_AUTH_SESSION_NOT_RENEWABLE' ? error : refusal,
    );
    if (endsSession(refusal)) {
      await flow.sessions.end(session.sessionToken);
      clearCookie(ctx.res, sessionCookie.name, sessionCookie);
    }
    throw withoutCauses(refusal, told);
  }
}

async function renew(
  flow: FlowContext,
  instance: OAuthInstance,
  session: Session,
  scopes: readonly string[],
  draft: RecordDraft,
): Promise<AuthResponse> {
  const { sessions, renewal, evaluator, userInfo, clock } = flow;
  const { provider, persistsScopes, policy, questions } = instance;
  const today = { gates: policy.gates, questions, isSignIn: policy.resolvers.length > 0 };
  if (isOutageRecent(flow, session)) {
    const outage = new RefusalError('ERR_AUTH_UNAVAILABLE');
    return grace(flow, session, { policy: today, scopes, draft, outage });
  }
  const signal = budgetSignal();
  let current = session;
  try {
    current = await renewal.renew({ session, provider, scopes, persistsScopes, questions, signal });
    addSecrets(draft, tokensIn(current));
    const { identity } = current;
    const { profile, issued } = await evaluator.evaluate({ login: identity, policy, draft, signal });
    if (issued) await userInfo.write(issued.claims);
    const outcome = { shown: profile, ...(issued && { claims: issued.claims }) };
    const last = { shown: identity.shown, ...(issued && { claims: identity.claims }) };
    if (JSON.stringify(outcome) !== JSON.stringify(last)) {
      await sessions.saveIdentity(current, { ...identity, ...outcome });
    }
    if (current.outage) await sessions.saveOutage(current, undefined);
    return {
      profile,
      providerInfo: providerInfoOf(current.tokens, clock),
      ...(issued && { backstageIdentity: backstageIdentityOf(issued, issued.claims, clock) }),
    };
  } catch (error) {
    return survive(flow, current, { policy: today, scopes, draft, error });
  }
}

function tokensIn({ tokens: { accessToken, refreshToken, idToken } }: Session): (string | undefined)[] {
  return [accessToken, refreshToken, idToken];
}
