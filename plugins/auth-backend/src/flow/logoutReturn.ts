/**
 * `GET /<provider>/logout/return`: the provider has ended its session, and sends the browser back (OpenID Connect RP-Initiated
 * Logout 1.0 section 3). Nothing happens here any more: the person goes back to the front end they signed out in, which is
 * sealed in `state`. Whoever comes without a state of ours is sent to `app.baseUrl`.
 */
import { redirect } from '@vestibule/koa-handler';
import { findProvider, readRequest, type FlowRequest, type ProviderRoute } from './flowRequest.ts';

const purpose = 'logout-return';

export async function logoutReturn(route: ProviderRoute): Promise<void> {
  const asked = readRequest(route, findProvider(route.flow, route.providerId));
  const { flow, provider, query, ctx } = asked;
  const state = query.get('state');
  const origin = state === undefined ? undefined : flow.sealing.open(purpose, provider.id, state);
  const { appUrl, appOrigin } = flow.targets;
  // The allow-list may have changed since.
  const isOther = origin !== undefined && origin !== appOrigin && flow.targets.isOriginAllowed(origin);
  redirect(ctx, isOther ? `${origin}/` : appUrl);
}

/** What the provider gets, so that the browser comes back. The caller's origin has been matched. */
export function returnAddress({ ctx, flow, provider }: FlowRequest): { returnUrl: string; state: string } {
  const origin = ctx.get('origin') || flow.targets.appOrigin;
  return {
    returnUrl: `${flow.baseUrl}/${provider.id}/logout/return`,
    state: flow.sealing.seal(purpose, provider.id, origin),
  };
}
