/**
 * `POST /<provider>/logout`: ends our session, whatever the provider says. Revocation at the provider is tried for five
 * seconds (RFC 7009), and the browser is told where its session there ends (OpenID Connect RP-Initiated Logout 1.0).
 */
import { withDeadline } from '@vestibule/backend-plugin-api';
import { SecretForms } from '../record/redactText.ts';
import { secretsOf, type Session } from '../sessions/session.ts';
import { endSession } from './browserSession.ts';
import { returnAddress } from './logoutReturn.ts';
import {
  environmentOf,
  findProvider,
  readRequest,
  unknownProvider,
  type FlowRequest,
  type ProviderRoute,
} from './flowRequest.ts';

const revocationMilliseconds = 5000;

export async function logout(route: ProviderRoute): Promise<void> {
  const { ctx, flow, providerId } = route;
  const entry = findProvider(flow, providerId);
  const { provider } = entry;
  if (!provider.can.logout) throw unknownProvider(providerId);
  flow.targets.checkCaller(ctx);
  const asked = readRequest(route, entry);
  const { environment } = environmentOf(asked);
  const session = await endSession(asked, environment);
  const [atProvider, ofModule] = session
    ? await Promise.all([endSessionUrl(asked, session), revoke(asked, session)])
    : [];
  const logoutUrl = ofModule ?? atProvider;
  if (logoutUrl !== undefined) {
    ctx.body = { logoutUrl };
    return;
  }
  ctx.status = 200;
  ctx.res.setHeader('Content-Length', '0');
  ctx.body = '';
  ctx.remove('Content-Type');
}

/** Where the browser signs out at the provider; `undefined` where that is away, or has no such address. */
async function endSessionUrl(asked: FlowRequest, session: Session): Promise<string | undefined> {
  const { flow, provider } = asked;
  if (!provider.endSessionUrl) return undefined;
  const limits = { milliseconds: revocationMilliseconds, late: () => new Error('no answer in time') };
  try {
    return await withDeadline(limits, async (budget) =>
      provider.endSessionUrl?.({ ...returnAddress(asked), budget }, session),
    );
  } catch (error) {
    flow.logger.warn(
      `the session at '${provider.id}' goes on, where to end it is not known; the session here has ended`,
      error as Error,
    );
    return undefined;
  }
}

/** Never longer than its deadline, even where a provider ignores its signal. @returns Where the browser should go next. */
async function revoke(
  { ctx, flow, provider, query }: FlowRequest,
  session: Session,
): Promise<string | undefined> {
  const { environment } = session;
  const late = new Error('the provider did not answer in time');
  const limits = { milliseconds: revocationMilliseconds, late: () => late };
  try {
    const ended = await withDeadline(limits, async (budget) =>
      provider.end({ environment, http: ctx.req, query, budget }, session),
    );
    return ended.logoutUrl;
  } catch (error) {
    if (error === late) return undefined;
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
