/** One request to the routes of one provider, as its steps pass it on. */
import type { Context } from 'koa';
import { budgetSignal } from '@vestibule/plugin-auth-node';
import { parameter, readQuery, type Query } from '../http/query.ts';
import type { EnvironmentSettings, ProviderRequest } from '../providers/signInProvider.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import { findEnvironment, type FlowProvider } from './findProvider.ts';
import type { FlowContext } from './signInFlow.ts';

/** The request, and what answers it. */
export interface FlowRequest extends FlowProvider {
  readonly ctx: Context;
  readonly flow: FlowContext;
  readonly query: Query;
}

/** Reads the query; whatever the response will be, nobody keeps it. Throws as {@link readQuery}. */
export function readRequest(ctx: Context, flow: FlowContext, entry: FlowProvider): FlowRequest {
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  return { ctx, flow, ...entry, query };
}

/** The environment that the query names. Throws as {@link findEnvironment}. */
export function environmentOf({
  provider,
  query,
}: FlowRequest): EnvironmentSettings & { environment: string } {
  return findEnvironment(provider, parameter(query, 'env'));
}

/** The request as the provider gets it, with a budget that begins now. */
export function requestOfProvider(
  { ctx, flow, query }: FlowRequest,
  draft: RecordDraft,
  environment?: string,
): ProviderRequest {
  return {
    ...(environment !== undefined && { environment }),
    http: ctx.req,
    query,
    draft,
    contexts: flow.policy.contexts,
    signal: budgetSignal(),
  };
}
