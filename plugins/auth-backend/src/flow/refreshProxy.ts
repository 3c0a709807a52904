/** `GET|POST /<provider>/refresh` of a proxy-type provider: who calls is read from the request, and nothing is kept. */
import type { Context } from 'koa';
import { budgetSignal, RefusalError, withinBudget } from '@vestibule/plugin-auth-node';
import { backstageIdentityOf, type AuthResponse } from '../authResponse.ts';
import { beginRecord, withoutCauses } from '../record/recordDraft.ts';
import type { ProxyInstance } from '../providers/instances.ts';
import type { Query } from '../http/query.ts';
import type { FlowContext } from './flowContext.ts';

/** What front ends send to every kind of provider; the rest of a query is for the provider. */
const ofTheRoute: ReadonlySet<string> = new Set(['optional', 'env', 'scope']);

export async function refreshProxy(
  ctx: Context,
  flow: FlowContext,
  instance: ProxyInstance,
  query: Query,
): Promise<AuthResponse> {
  const { evaluator, userInfo, logger, clock, records } = flow;
  const { providerId, provider, policy } = instance;
  const record = beginRecord({ event: 'sign-in', providerId, logger, clock, records });
  record.keep('refusals');
  const { draft } = record;
  try {
    const signal = budgetSignal();
    const forProvider = new URLSearchParams([...query].filter(([name]) => !ofTheRoute.has(name)));
    const { profile, result, providerInfo } = await withinBudget(
      signal,
      provider.authenticate({ headers: ctx.req.headers, query: forProvider, signal }),
    );
    const outcome = await evaluator.evaluate({ login: { profile, result }, policy, draft, signal });
    const { issued } = outcome;
    // There is nothing to delegate: without an identity, nothing came of the request.
    if (!issued) throw new RefusalError('ERR_RESOLVER_NO_MATCH', { hint: 'The provider has no resolver.' });
    await userInfo.write(issued.claims);
    record.allow();
    return {
      profile: outcome.profile,
      ...(providerInfo && { providerInfo }),
      backstageIdentity: backstageIdentityOf(issued, issued.claims, clock),
    };
  } catch (error) {
    throw withoutCauses(error, await record.refuse(error));
  }
}
