/** `GET /<provider>/start`: begins a sign-in and sends the browser to the provider. Nothing is written on the server. */
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import type { Attempt } from '../attempts/attempt.ts';
import { RefusalError } from '../errors.ts';
import { joinScopes, parseScopes } from '../providers/scopes.ts';
import { randomToken } from '../secrets/sealing.ts';
import { startHosted } from './hostedStart.ts';
import { readQuery, type Query } from './query.ts';
import { budgetSignal, findEnvironment, findProvider, parameter, type Surroundings } from './surroundings.ts';
import { NotImplementedError } from '@vestibule/backend-plugin-api';

/** What the query of a start says about where the sign-in ends, checked before anything else. */
export type AttemptTarget = Pick<Attempt, 'origin' | 'flow' | 'redirectUrl'>;

export async function start(ctx: Context, surroundings: Surroundings, providerId: string): Promise<void> {
  const entry = findProvider(surroundings, providerId);
  if (entry.kind === 'proxy') throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  if (entry.kind === 'hosted') {
    await startHosted(ctx, entry, query);
    return;
  }
  const instance = findEnvironment(entry, parameter(query, 'env'));
  const target = readTarget(query, surroundings);
  const codeVerifier = randomToken();
  const attempt: Attempt = {
    ...target,
    handle: randomToken(),
    providerId,
    environment: instance.environment,
    scopes: joinScopes(parseScopes(parameter(query, 'scope')), instance.scopes),
    nonce: randomToken(),
    codeVerifier,
    startedAt: surroundings.clock(),
  };
  const url = await instance.provider.authorizationUrl({
    state: attempt.handle,
    nonce: attempt.nonce,
    codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    scopes: attempt.scopes,
    callbackUrl: instance.callbackUrl,
    signal: budgetSignal(),
  });
  instance.attempts.keep(ctx.req, ctx.res, attempt);
  redirect(ctx, url.href);
}

/**
 * @throws `ERR_AUTH_ORIGIN_INVALID`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`, `ERR_AUTH_REDIRECT_URL_MISSING`,
 *   `ERR_AUTH_REDIRECT_URL_INVALID`, `ERR_AUTH_REDIRECT_URL_NOT_ALLOWED`.
 */
export function readTarget(query: Query, { targets }: Surroundings): AttemptTarget {
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

/** A bare redirect, as Backstage's: no body. */
export function redirect(ctx: Context, location: string): void {
  ctx.status = 302;
  ctx.set('Location', location);
  ctx.set('Content-Length', '0');
  ctx.body = '';
}
