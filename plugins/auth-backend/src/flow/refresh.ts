/**
 * `GET|POST /<provider>/refresh`: a new identity from the session, without the person. Where a provider keeps no session, it
 * reads from each request who calls, and nothing is stored.
 */
import type { Context } from 'koa';
import { RefusalError, signInCodeOf, budgetSignal, withinBudget } from '@vestibule/plugin-auth-node';
import { type AuthResponse, responseOf } from '../authResponse.ts';
import { readQuery, type Query, parameter } from '../http/query.ts';
import { addSecrets, beginRecord, withoutCauses } from '../record/recordDraft.ts';
import type { EnvironmentSettings, ProviderRequest, SignInProvider } from '../providers/signInProvider.ts';
import { type Session, secretsOf } from '../sessions/session.ts';
import { findSession } from './browserSession.ts';
import { endsSession, isOutageRecent, serveStale, staleIfOutage, toSessionRefusal } from './fallback.ts';
import { checkCaller } from './checkCaller.ts';
import { findEnvironment, findProvider, type FlowProvider } from './findProvider.ts';
import type { FlowContext } from './flowContext.ts';

export async function refresh(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  const entry = findProvider(flow, providerId);
  checkCaller(ctx, flow);
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  const { can } = entry.provider;
  ctx.body = can.refresh
    ? await refreshSession(ctx, flow, entry, query)
    : await identify(ctx, flow, entry.provider, query);
}

async function identify(
  ctx: Context,
  flow: FlowContext,
  provider: SignInProvider,
  query: Query,
): Promise<AuthResponse> {
  const { evaluator, contexts, userInfo } = flow;
  const record = beginRecord({ event: 'sign-in', providerId: provider.id, ...flow });
  record.keep('refusals');
  const { draft } = record;
  try {
    const { policy } = provider.settingsOf(undefined)!;
    const signal = budgetSignal();
    const request = { http: ctx.req, query, draft, contexts, signal };
    const grant = await withinBudget(signal, provider.identify(request));
    const outcome = await evaluator.evaluate({ login: grant, policy, draft, signal });
    // There is nothing to delegate: without an identity, nothing came of the request.
    if (!outcome.issued && policy.resolvers)
      throw new RefusalError('ERR_RESOLVER_NO_MATCH', { hint: 'The provider has no resolver.' });
    if (outcome.issued) await userInfo.write(outcome.issued.claims);
    record.allow();
    return responseOf(outcome, grant, flow);
  } catch (error) {
    throw withoutCauses(error, await record.refuse(error));
  }
}

async function refreshSession(
  ctx: Context,
  flow: FlowContext,
  entry: FlowProvider,
  query: Query,
): Promise<AuthResponse> {
  const { provider, cookies } = entry;
  const settings = findEnvironment(provider, parameter(query, 'env'));
  const { environment } = settings;
  const scopes = provider.readScopes(parameter(query, 'scope'));
  const record = beginRecord({ event: 'refresh', providerId: provider.id, environment, ...flow });
  const { draft } = record;
  const session = await findSession(ctx, flow, entry, settings).catch(async (error: unknown) => {
    if (signInCodeOf(error) !== 'ERR_AUTH_SESSION_NOT_RENEWABLE') throw error;
    record.keep('refusals');
    throw withoutCauses(error, await record.refuse(error));
  });
  if (settings.persistsScopes && !scopes.every((scope) => session.tokens.scopes.includes(scope))) {
    throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED');
  }
  record.keep('refusals');
  addSecrets(draft, secretsOf(session.tokens));
  const { contexts } = flow;
  const request = { environment, http: ctx.req, query, draft, contexts, signal: budgetSignal() };
  try {
    const response = await renew(flow, { provider, settings, session, scopes, request });
    record.allow();
    return response;
  } catch (error) {
    const refusal = toSessionRefusal(error, settings);
    // What has no code of its own is a fault of ours, or the database's: the record then says what the person is told.
    const written = await record.refuse(
      signInCodeOf(error) && refusal.code !== 'ERR_AUTH_SESSION_NOT_RENEWABLE' ? error : refusal,
    );
    if (endsSession(refusal)) {
      await flow.sessions.end(session.sessionToken);
      cookies.session.clear(ctx.res);
    }
    throw withoutCauses(refusal, written);
  }
}

async function renew(
  flow: FlowContext,
  options: {
    provider: SignInProvider;
    settings: EnvironmentSettings;
    session: Session;
    scopes: readonly string[];
    request: ProviderRequest;
  },
): Promise<AuthResponse> {
  const { sessions, renewal, evaluator, userInfo } = flow;
  const { provider, settings, session, scopes, request } = options;
  const { policy, questions } = settings;
  const { draft, signal } = request;
  const stale = { policy, questions, scopes, draft };
  if (isOutageRecent(flow, session)) {
    return serveStale(flow, session, { ...stale, outage: new RefusalError('ERR_AUTH_UNAVAILABLE') });
  }
  let current = session;
  try {
    const renewed = await renewal.renew({ provider, session, scopes, questions, request });
    current = renewed.session;
    addSecrets(draft, secretsOf(current.tokens));
    const { identity, tokens } = current;
    const login = renewed.grant ?? identity;
    const outcome = await evaluator.evaluate({ login, policy, draft, signal });
    const { profile, issued } = outcome;
    if (issued) await userInfo.write(issued.claims);
    const found = { shown: profile, ...(issued && { claims: issued.claims }) };
    const last = { shown: identity.shown, ...(issued && { claims: identity.claims }) };
    if (JSON.stringify(found) !== JSON.stringify(last)) {
      await sessions.saveIdentity(current, { ...identity, ...found });
    }
    if (current.outage) await sessions.saveOutage(current, undefined);
    return responseOf(outcome, { tokens, ...renewed.grant }, flow);
  } catch (error) {
    return staleIfOutage(flow, current, { ...stale, error });
  }
}
