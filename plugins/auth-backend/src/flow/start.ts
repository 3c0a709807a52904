/** `GET /<provider>/start`: begins a sign-in and sends the browser to the provider. Nothing is written on the server. */
import { RefusalError, withinBudget, randomToken, type SignInRecord } from '@vestibule/plugin-auth-node';
import { redirect, type RouteContext } from '@vestibule/koa-handler';
import { readQuery, type Query, parameter } from '../http/query.ts';
import { beginRecord, withoutCauses } from '../record/recordDraft.ts';
import type { AuthTransaction } from '../transactions/transaction.ts';
import { livingSession } from './browserSession.ts';
import { environmentOf, readNavigation, requestOfProvider, type ProviderRoute } from './flowRequest.ts';
import type { FlowContext } from './signInFlow.ts';
import { sendRefusedRequest } from './refusalPage.ts';

/** How a start failed; with the record where the provider was asked. */
interface FailedStart {
  error: unknown;
  record?: SignInRecord;
}

type BegunStart = { location: string } | FailedStart;

export async function start(route: ProviderRoute): Promise<void> {
  const { ctx, flow } = route;
  const begun = await begin(route).catch((error: unknown): FailedStart => ({ error }));
  if ('location' in begun) redirect(ctx, begun.location);
  else sendRefusedRequest(ctx, flow, { ...begun, target: matchedTarget(ctx, flow) });
}

/** @throws CodedError for what is wrong with the request. */
async function begin(route: ProviderRoute): Promise<BegunStart> {
  const asked = readNavigation(route);
  const { ctx, flow, provider, transactions, budget } = asked;
  const providerId = provider.id;
  const { environment } = environmentOf(asked);
  const target = readTarget(asked.query, flow);
  const wanted = provider.readScopes(parameter(asked.query, 'scope'));
  // From here on a failure is the provider's or ours, and whoever runs the portal wants to know why.
  const record = beginRecord(flow, { event: 'sign-in', providerId, environment });
  try {
    const state = randomToken();
    const request = requestOfProvider(asked, record.draft, environment);
    const session = async () => livingSession(asked, environment);
    const begun = provider.begin({ state, scopes: wanted, session, ...request });
    const { location, scopes, privateState } = await withinBudget(budget, begun);
    const startedAt = flow.clock.now();
    const transaction = { state, providerId, environment, scopes, privateState, startedAt, ...target };
    transactions.begin(ctx.req, ctx.res, transaction);
    return { location };
  } catch (error) {
    record.keep('any');
    const written = await record.refuse(error);
    return { error: withoutCauses(error, written), record: written };
  }
}

/** Where the sign-in would have ended: nothing is posted anywhere else. */
function matchedTarget(ctx: RouteContext, flow: FlowContext): TransactionTarget | undefined {
  try {
    return readTarget(readQuery(ctx), flow);
  } catch {
    return undefined;
  }
}

/** What the query of a start says about where the sign-in ends, checked before anything else. */
type TransactionTarget = Pick<AuthTransaction, 'origin' | 'flow' | 'redirectUrl'>;

/**
 * @throws `ERR_AUTH_ORIGIN_INVALID`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`, `ERR_AUTH_REDIRECT_URL_MISSING`,
 *   `ERR_AUTH_REDIRECT_URL_INVALID`, `ERR_AUTH_REDIRECT_URL_NOT_ALLOWED`.
 */
function readTarget(query: Query, { targets }: FlowContext): TransactionTarget {
  const origin = parameter(query, 'origin');
  const redirectUrl = parameter(query, 'redirectUrl');
  const flow = query.get('flow') === 'redirect' ? 'redirect' : 'popup';
  if (flow === 'redirect' && redirectUrl === undefined)
    throw new RefusalError('ERR_AUTH_REDIRECT_URL_MISSING');
  return {
    origin: origin === undefined ? targets.appOrigin : targets.parseOrigin(origin),
    flow,
    ...(redirectUrl !== undefined && { redirectUrl: targets.parseRedirectUrl(redirectUrl) }),
  };
}
