/**
 * `POST /<provider>/logout`: ends our session, whatever the provider says. Revocation at the provider is tried for five
 * seconds (RFC 7009).
 */
import { once } from 'node:events';
import type { Context } from 'koa';
import type { SignInProvider } from '../providers/signInProvider.ts';
import { secretsOf, type Session } from '../sessions/session.ts';
import { readQuery, type Query, parameter } from '../http/query.ts';
import { endSession } from './browserSession.ts';
import { findEnvironment, findProvider, unknownProvider } from './findProvider.ts';
import type { FlowContext } from './signInFlow.ts';

const revocationMilliseconds = 5000;

export async function logout(ctx: Context, flow: FlowContext, providerId: string): Promise<void> {
  const entry = findProvider(flow, providerId);
  const { provider } = entry;
  if (!provider.can.logout) throw unknownProvider(providerId);
  flow.targets.checkCaller(ctx);
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  const { environment } = findEnvironment(provider, parameter(query, 'env'));
  const session = await endSession(ctx, flow, entry, environment);
  const logoutUrl = session && (await revoke(ctx, flow, { provider, session, query }));
  if (logoutUrl !== undefined) {
    ctx.body = { logoutUrl };
    return;
  }
  ctx.status = 200;
  ctx.res.setHeader('Content-Length', '0');
  ctx.body = '';
  ctx.remove('Content-Type');
}

/** Never longer than its deadline, even where a provider ignores the signal. @returns Where the browser should go next. */
async function revoke(
  ctx: Context,
  { logger, records }: FlowContext,
  { provider, session, query }: { provider: SignInProvider; session: Session; query: Query },
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(revocationMilliseconds);
  const { environment } = session;
  try {
    const ended = await Promise.race([
      provider.end({ environment, http: ctx.req, query, signal }, session),
      once(signal, 'abort').then(() => undefined),
    ]);
    return ended?.logoutUrl;
  } catch (error) {
    const { providerMessage } = error as { providerMessage?: string };
    const secrets = secretsOf(session.tokens).filter((secret) => secret !== undefined);
    const said =
      providerMessage === undefined
        ? ''
        : `; the provider said: ${records.redactText(providerMessage, secrets)}`;
    logger.warn(
      `the tokens could not be revoked at '${provider.id}'; the session here has ended${said}`,
      error as Error,
    );
    return undefined;
  }
}
