/** `GET /<provider>/start`: begins a sign-in and sends the browser to the provider. Nothing is written on the server. */
import { createHash } from 'node:crypto';
import { CodedError, NotImplementedError } from '@vestibule/backend-plugin-api';
import { redirect } from '@vestibule/koa-handler';
import type { Context } from 'koa';
import type { AuthTransaction } from '../transactions/transaction.ts';
import { beginRecord, withoutCauses } from '../record/recordDraft.ts';
import type { SignInRecord } from '../record/signInRecord.ts';
import { sendRefusedRequest } from './refusalPage.ts';
import type { OAuthInstance } from '../providers/instances.ts';
import { joinScopes, parseScopes } from '../providers/scopes.ts';
import { budgetSignal, randomToken, withinBudget } from '@vestibule/plugin-auth-node';
import { checkModuleEnvironment, startBackstage } from './backstage.ts';
import { livingSession } from './livingSession.ts';
import { readQuery } from '../http/query.ts';
import { readTarget, type TransactionTarget } from './target.ts';
import { findEnvironment, findProvider, parameter, type FlowContext } from './flowContext.ts';

/**
 * Scopes of the session are added up to this length; past it, only what was asked for goes out. So nobody who is led to
 * sign in with more and more scopes ends with an attempt that no cookie holds.
 */
const mostScopeCharacters = 1000;

/** How a start failed; with the record where the provider was asked. */
interface FailedStart {
  error: unknown;
  record?: SignInRecord;
}

export async function start(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  let failed: FailedStart;
  try {
    const begun = await begin(ctx, flow, providerId);
    if ('url' in begun) {
      redirect(ctx, begun.url);
      return;
    }
    failed = begun;
  } catch (error) {
    failed = { error };
  }
  const { error } = failed;
  // A person who came here with a browser gets a page, a program JSON; both the status of what happened.
  if (!(error instanceof CodedError) || ctx.accepts('json', 'html') !== 'html') throw error;
  sendRefusedRequest(ctx, { ...failed, error, target: matchedTarget(ctx, flow), ...flow });
}

/** @throws CodedError for what is wrong with the request. */
async function begin(
  ctx: Context,
  flow: FlowContext,
  providerId: string,
): Promise<{ url: string } | FailedStart> {
  const entry = findProvider(flow, providerId);
  if (entry.kind === 'proxy' || (entry.kind === 'hosted' && entry.isProxyType)) {
    throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
  }
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  const environment = parameter(query, 'env');
  if (entry.kind === 'hosted') {
    checkModuleEnvironment(entry, environment);
    const target = readTarget(query, flow);
    return recorded(flow, { providerId, environment }, async () =>
      startBackstage(ctx, flow, { instance: entry, environment, target, query }),
    );
  }
  const instance = findEnvironment(entry, environment);
  const target = readTarget(query, flow);
  const scopes = parseScopes(parameter(query, 'scope'));
  return recorded(flow, instance, async () => startOAuth(ctx, flow, { instance, target, scopes }));
}

/** From here on a failure is the provider's or ours, and whoever runs the portal wants to know why. */
async function recorded(
  { logger, clock, records }: FlowContext,
  { providerId, environment }: { providerId: string; environment: string },
  begun: () => Promise<string>,
): Promise<{ url: string } | FailedStart> {
  const record = beginRecord({ event: 'sign-in', providerId, environment, logger, clock, records });
  try {
    return { url: await begun() };
  } catch (error) {
    record.keep('any');
    const written = await record.refuse(error);
    return { error: withoutCauses(error, written), record: written };
  }
}

/** @returns Where the browser goes. */
async function startOAuth(
  ctx: Context,
  flow: FlowContext,
  {
    instance,
    target,
    scopes,
  }: { instance: OAuthInstance; target: TransactionTarget; scopes: readonly string[] },
): Promise<string> {
  const { provider, providerId, environment, callbackUrl, questions } = instance;
  const codeVerifier = randomToken();
  const transaction: AuthTransaction = {
    ...target,
    handle: randomToken(),
    providerId,
    environment,
    scopes: joinScopes(scopes, await grantedBefore(ctx, flow, instance), instance.scopes),
    nonce: randomToken(),
    codeVerifier,
    startedAt: flow.clock.now(),
  };
  const signal = budgetSignal();
  const url = await withinBudget(
    signal,
    provider.authorizationUrl({
      state: transaction.handle,
      nonce: transaction.nonce,
      codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      scopes: transaction.scopes,
      callbackUrl,
      questions,
      signal,
    }),
  );
  instance.transactions.keep(ctx.req, ctx.res, transaction);
  return url.href;
}

/**
 * What a new session of the same browser has to cover, too: a front end that asks for one scope more expects to keep those
 * that it had, and a refresh is refused what the session was not begun with.
 */
async function grantedBefore(
  ctx: Context,
  flow: FlowContext,
  instance: OAuthInstance,
): Promise<readonly string[]> {
  if (!instance.persistsScopes) return [];
  const session = await livingSession(ctx, flow, instance, instance.environment);
  const { scopes } = session?.tokens ?? { scopes: [] };
  return scopes.join(' ').length > mostScopeCharacters ? [] : scopes;
}

/** Where the sign-in would have ended: nothing is posted anywhere else. */
function matchedTarget(ctx: Context, flow: FlowContext): TransactionTarget | undefined {
  try {
    return readTarget(readQuery(ctx), flow);
  } catch {
    return undefined;
  }
}
