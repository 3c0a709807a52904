/**
 * `GET|POST /<provider>/refresh`: a new identity from the session, without the person. Where a provider keeps no session, it
 * reads from each request who calls, and nothing is stored.
 */
import { RefusalError, signInCodeOf, withinBudget } from '@vestibule/plugin-auth-node';
import { type AuthResponse, responseOf } from '../authResponse.ts';
import { parameter } from '../http/query.ts';
import { addSecrets, beginRecord, withoutCauses } from '../record/recordDraft.ts';
import { secretsOf } from '../sessions/session.ts';
import { findSession } from './browserSession.ts';
import { endsSession, isOutageRecent, serveStale, staleIfOutage, toSessionRefusal } from './fallback.ts';
import {
  environmentOf,
  findProvider,
  readRequest,
  requestOfProvider,
  type FlowRequest,
  type ProviderRoute,
} from './flowRequest.ts';
import type { SessionRefresh } from './renewSession.ts';
import type { FlowContext } from './signInFlow.ts';

export async function refresh(route: ProviderRoute): Promise<void> {
  const { ctx, flow } = route;
  const entry = findProvider(flow, route.providerId);
  flow.targets.checkCaller(ctx);
  const asked = readRequest(route, entry);
  ctx.body = entry.provider.can.refresh ? await refreshSession(asked) : await identify(asked);
}

async function identify(asked: FlowRequest): Promise<AuthResponse> {
  const { flow, provider, budget } = asked;
  const record = beginRecord(flow, { event: 'sign-in', providerId: provider.id });
  record.keep('refusals');
  const { draft } = record;
  try {
    const { policy } = provider.settingsOf(undefined)!;
    const request = requestOfProvider(asked, draft);
    const grant = await withinBudget(budget, provider.identify(request));
    const outcome = await flow.policy.evaluate({ login: grant, policy, draft, budget });
    // There is nothing to delegate: without an identity, nothing came of the request.
    if (!outcome.issued && policy.resolvers)
      throw new RefusalError('ERR_RESOLVER_NO_MATCH', { hint: 'The provider has no resolver.' });
    if (outcome.issued) await flow.userInfo.write(outcome.issued.claims);
    record.allow();
    return responseOf(outcome, grant, flow);
  } catch (error) {
    throw withoutCauses(error, await record.refuse(error));
  }
}

async function refreshSession(asked: FlowRequest): Promise<AuthResponse> {
  const { ctx, flow, provider, cookies, query } = asked;
  const settings = environmentOf(asked);
  const { environment } = settings;
  const scopes = provider.readScopes(parameter(query, 'scope'));
  const record = beginRecord(flow, { event: 'refresh', providerId: provider.id, environment });
  const { draft } = record;
  const session = await findSession(asked, settings).catch(async (error: unknown) => {
    if (signInCodeOf(error) !== 'ERR_AUTH_SESSION_NOT_RENEWABLE') throw error;
    record.keep('refusals');
    throw withoutCauses(error, await record.refuse(error));
  });
  if (settings.persistsScopes && !scopes.every((scope) => session.tokens.scopes.includes(scope))) {
    throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED');
  }
  record.keep('refusals');
  addSecrets(draft, secretsOf(session.tokens));
  const request = requestOfProvider(asked, draft, environment);
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

async function renew(flow: FlowContext, asked: SessionRefresh): Promise<AuthResponse> {
  const { sessions, userInfo } = flow;
  const { draft, budget } = asked.request;
  const { policy } = asked.settings;
  if (isOutageRecent(flow, asked.session)) {
    return serveStale(flow, asked, new RefusalError('ERR_AUTH_UNAVAILABLE'));
  }
  let { session } = asked;
  try {
    const renewed = await flow.renewal.renew(asked);
    session = renewed.session;
    const { identity, tokens } = session;
    addSecrets(draft, secretsOf(tokens));
    const outcome = await flow.policy.evaluate({ login: renewed.grant ?? identity, policy, draft, budget });
    const { profile, issued } = outcome;
    if (issued) await userInfo.write(issued.claims);
    const found = { shown: profile, ...(issued && { claims: issued.claims }) };
    const last = { shown: identity.shown, ...(issued && { claims: identity.claims }) };
    const current = { ...identity, ...found };
    if (JSON.stringify(found) !== JSON.stringify(last) || sessions.isFiledWrongly(session, current)) {
      await sessions.saveIdentity(session, current);
    }
    if (session.outage) await sessions.saveOutage(session, undefined);
    return responseOf(outcome, { tokens, ...renewed.grant }, flow);
  } catch (error) {
    return staleIfOutage(flow, { ...asked, session }, error);
  }
}
