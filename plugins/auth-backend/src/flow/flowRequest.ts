/** One request to the routes of one provider, as its steps pass it on. */
import type { RouteContext } from '@vestibule/koa-handler';
import { NotImplementedError, type Deadline } from '@vestibule/backend-plugin-api';
import { RefusalError } from '@vestibule/plugin-auth-node';
import { parameter, readQuery, type Query } from '../http/query.ts';
import type { EnvironmentSettings, ProviderRequest, SignInProvider } from '../providers/signInProvider.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import type { FlowContext, FlowProvider } from './signInFlow.ts';

/** A request to a route of a provider, as the router gives it. */
export interface ProviderRoute {
  readonly ctx: RouteContext;
  readonly flow: FlowContext;
  readonly providerId: string;
  readonly budget: Deadline;
}

/** The request, and what answers it. */
export interface FlowRequest extends FlowProvider {
  readonly ctx: RouteContext;
  readonly flow: FlowContext;
  readonly query: Query;
  readonly budget: Deadline;
}

/** What config says of an environment, and its name. */
export type NamedEnvironment = EnvironmentSettings & { readonly environment: string };

/** Reads the query; whatever the response will be, nobody keeps it. Throws as {@link readQuery}. */
export function readRequest({ ctx, flow, budget }: ProviderRoute, entry: FlowProvider): FlowRequest {
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  return { ctx, flow, budget, query, ...entry };
}

/** A request that a browser is sent to with a person. @throws `ERR_AUTH_NOT_OFFERED` where the provider knows none; what {@link findProvider} throws. */
export function readNavigation(route: ProviderRoute): FlowRequest {
  const entry = findProvider(route.flow, route.providerId);
  if (entry.provider.can.popup) return readRequest(route, entry);
  throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
}

/** The environment that the query names. Throws as {@link findEnvironment}. */
export function environmentOf({ provider, query }: FlowRequest): NamedEnvironment {
  return findEnvironment(provider, parameter(query, 'env'));
}

/** The request as the provider gets it. */
export function requestOfProvider(
  { ctx, flow, query, budget }: FlowRequest,
  draft: RecordDraft,
  environment?: string,
): ProviderRequest {
  return {
    http: ctx.req,
    query,
    draft,
    contexts: flow.policy.contexts,
    budget,
    ...(environment !== undefined && { environment }),
  };
}

/**
 * The provider in the path.
 *
 * @throws `ERR_AUTH_PROVIDER_UNKNOWN`, `ERR_AUTH_PROVIDER_NOT_CONFIGURED`, `ERR_AUTH_PROVIDER_DISABLED`.
 */
export function findProvider({ providers, types }: FlowContext, providerId: string): FlowProvider {
  const entry = providers.get(providerId);
  if (entry && 'problem' in entry) {
    throw new RefusalError('ERR_AUTH_PROVIDER_DISABLED', { sentence: entry.problem });
  }
  if (entry) return entry;
  if (types.has(providerId)) {
    throw new RefusalError('ERR_AUTH_PROVIDER_NOT_CONFIGURED', {
      sentence: `No auth provider registered for '${providerId}'`,
    });
  }
  throw unknownProvider(providerId);
}

/** Also the answer to a path or method that a known provider does not have. */
export function unknownProvider(providerId: string): RefusalError {
  return new RefusalError('ERR_AUTH_PROVIDER_UNKNOWN', { sentence: `Unknown auth provider '${providerId}'` });
}

/**
 * The environment that a query or a transaction names, with what config says of it.
 *
 * @throws `ERR_AUTH_ENV_MISSING`, `ERR_AUTH_ENV_UNKNOWN`.
 */
export function findEnvironment(
  { settingsOf }: SignInProvider,
  environment: string | undefined,
): NamedEnvironment {
  if (environment === undefined) throw new RefusalError('ERR_AUTH_ENV_MISSING');
  const settings = settingsOf(environment);
  if (settings) return { environment, ...settings };
  throw new RefusalError('ERR_AUTH_ENV_UNKNOWN', {
    sentence: `No configuration available for the '${environment}' environment of this provider.`,
  });
}
