/**
 * `POST /<provider>/backchannel-logout`: the provider says that a session of its own has ended, and ours end with it (OpenID
 * Connect Back-Channel Logout 1.0). No browser is about: what proves the call is the signature of the logout token.
 */
import { readLogoutToken } from '../http/logoutTokenForm.ts';
import type { LogoutToken } from '@vestibule/plugin-auth-node';
import { findEnvironment, findProvider, unknownProvider, type ProviderRoute } from './flowRequest.ts';
import type { FlowProvider } from './signInFlow.ts';

type Asked = Pick<ProviderRoute, 'ctx' | 'flow'> & Pick<FlowProvider, 'provider'>;

export async function backchannelLogout(route: ProviderRoute): Promise<void> {
  const { ctx, flow, providerId } = route;
  ctx.set('Cache-Control', 'no-store');
  const { provider } = findProvider(flow, providerId);
  if (!provider.verifyLogoutToken) throw unknownProvider(providerId);
  const asked = { ctx, flow, provider };
  const query = new URLSearchParams(ctx.querystring);
  const [only, ...others] = provider.environments;
  const named = query.get('env') ?? (others.length === 0 ? only : undefined);
  if (named === undefined || query.getAll('env').length > 1) {
    return refuse(asked, "The address must have one 'env', as config names it");
  }
  const { environment } = findEnvironment(provider, named);
  const text = await readLogoutToken(ctx);
  if (text === undefined) return refuse(asked, 'The body must be a form with one logout_token');
  let token: LogoutToken;
  try {
    token = await provider.verifyLogoutToken(environment, text, route.budget);
  } catch (error) {
    return refuse(asked, 'The logout token does not count', error);
  }
  try {
    if (!(await flow.usedStates.markTokenUsed(token))) {
      return refuse(asked, 'The logout token was used before');
    }
    const count = await endOnce(asked, environment, token);
    flow.logger.info(`'${providerId}' (${environment}) ended its session: ${count} ended here`);
    ctx.status = 200;
    ctx.body = '';
  } catch (error) {
    // Section 2.8 has no other status for a logout that failed.
    refuse(asked, 'The sessions could not be ended', error);
  }
}

/** A token by which nothing has ended may come again. */
async function endOnce({ flow, provider }: Asked, environment: string, token: LogoutToken): Promise<number> {
  try {
    return await flow.providerSessions.end({ providerId: provider.id, environment }, token);
  } catch (error) {
    await flow.usedStates.markTokenUnused(token);
    throw error;
  }
}

/** As section 2.8 says. Which check failed is for the log: whoever asks may be anybody. */
function refuse({ ctx, flow, provider }: Asked, description: string, error?: unknown): void {
  const { hint } = (error ?? {}) as { hint?: string };
  const why = hint === undefined ? '' : `: ${hint}`;
  flow.logger.warn(`a back-channel logout of '${provider.id}' was refused: ${description}${why}`);
  ctx.status = 400;
  ctx.body = { error: 'invalid_request', error_description: description };
}
