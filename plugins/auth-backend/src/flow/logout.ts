/**
 * `POST /<provider>/logout`: ends our session, whatever the provider says. Revocation at the provider is tried for five
 * seconds (RFC 7009).
 */
import { once } from 'node:events';
import type { RouteContext } from '@vestibule/koa-handler';
import { SecretForms } from '../record/redactText.ts';
import { secretsOf, type Session } from '../sessions/session.ts';
import { endSession } from './browserSession.ts';
import {
  environmentOf,
  findProvider,
  readRequest,
  unknownProvider,
  type FlowRequest,
} from './flowRequest.ts';
import type { FlowContext } from './signInFlow.ts';

const revocationMilliseconds = 5000;

export async function logout(ctx: RouteContext, flow: FlowContext, providerId: string): Promise<void> {
  const entry = findProvider(flow, providerId);
  const { provider } = entry;
  if (!provider.can.logout) throw unknownProvider(providerId);
  flow.targets.checkCaller(ctx);
  const asked = readRequest(ctx, flow, entry);
  const { environment } = environmentOf(asked);
  const session = await endSession(asked, environment);
  const logoutUrl = session && (await revoke(asked, session));
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
  { ctx, flow, provider, query }: FlowRequest,
  session: Session,
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
    const secrets = new SecretForms(secretsOf(session.tokens).filter((secret) => secret !== undefined));
    const said =
      providerMessage === undefined
        ? ''
        : `; the provider said: ${flow.records.redactText(providerMessage, secrets)}`;
    flow.logger.warn(
      `the tokens could not be revoked at '${provider.id}'; the session here has ended${said}`,
      error as Error,
    );
    return undefined;
  }
}
