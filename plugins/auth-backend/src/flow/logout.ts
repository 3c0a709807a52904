/**
 * `POST /<provider>/logout`: ends our session, whatever the provider says. Revocation at the provider is tried for five
 * seconds (RFC 7009).
 */
import { once } from 'node:events';
import type { Context } from 'koa';
import { isRevocable, RefusalError } from '@vestibule/plugin-auth-node';
import type { BackstageInstance, OAuthInstance } from '../providers/instances.ts';
import type { Session } from '../sessions/session.ts';
import { clearCookie, readCookies } from '../http/cookies.ts';
import { checkModuleEnvironment } from './backstage.ts';
import { logoutBackstage } from './backstageRefresh.ts';
import { readQuery } from '../http/query.ts';
import {
  checkCaller,
  findEnvironment,
  findProvider,
  parameter,
  unknownProvider,
  type FlowContext,
} from './flowContext.ts';

const revocationMilliseconds = 5000;

export async function logout(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  const entry = findProvider(flow, providerId);
  if (entry.kind === 'proxy' || (entry.kind === 'hosted' && entry.isProxyType)) {
    throw unknownProvider(providerId);
  }
  checkCaller(ctx, flow);
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  const environment = parameter(query, 'env');
  if (entry.kind === 'hosted') checkModuleEnvironment(entry, environment);
  const instance = entry.kind === 'oauth' ? findEnvironment(entry, environment) : entry;
  const { sessionCookie } = instance;
  const sessionToken = readCookies(ctx.req).get(sessionCookie.name);
  if (sessionToken) {
    clearCookie(ctx.res, sessionCookie.name, sessionCookie);
    const session = await endSession(flow, sessionToken, providerId, environment ?? '');
    const logoutUrl = session && (await revoke(ctx, flow, instance, session));
    if (logoutUrl !== undefined) {
      ctx.body = { logoutUrl };
      return;
    }
  }
  ctx.status = 200;
  ctx.res.setHeader('Content-Length', '0');
  ctx.body = '';
  ctx.remove('Content-Type');
}

async function endSession(
  { sessions }: FlowContext,
  sessionToken: string,
  providerId: string,
  environment: string,
) {
  try {
    const session = await sessions.find(sessionToken, providerId, environment);
    await sessions.end(sessionToken);
    return session;
  } catch (error) {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error, hint: 'The database did not answer.' });
  }
}

/**
 * Never longer than its deadline, even where a provider ignores the signal. The answer of a hosted module is where the
 * browser should go next.
 */
async function revoke(
  ctx: Context,
  { logger, records }: FlowContext,
  instance: OAuthInstance | BackstageInstance,
  session: Session,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(revocationMilliseconds);
  try {
    return await Promise.race([
      instance.kind === 'hosted'
        ? logoutBackstage(ctx, instance, session)
        : revokeTokens(instance, session, signal),
      once(signal, 'abort').then(() => undefined),
    ]);
  } catch (error) {
    const { providerMessage } = error as { providerMessage?: string };
    const { accessToken, refreshToken = '' } = session.tokens;
    const said =
      providerMessage === undefined
        ? ''
        : `; the provider said: ${records.redactText(providerMessage, [accessToken, refreshToken])}`;
    logger.warn(
      `the tokens could not be revoked at '${instance.providerId}'; the session here has ended${said}`,
      error as Error,
    );
    return undefined;
  }
}

async function revokeTokens(
  { provider }: OAuthInstance,
  { tokens }: Session,
  signal: AbortSignal,
): Promise<undefined> {
  const { refreshToken, accessToken } = tokens;
  if (!isRevocable(provider)) return;
  await provider.revoke({ ...(refreshToken !== undefined && { refreshToken }), accessToken, signal });
}
