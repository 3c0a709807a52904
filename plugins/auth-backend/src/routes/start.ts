/** `GET /<provider>/start`: begins a sign-in and sends the browser to the provider. Nothing is written on the server. */
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import type { Attempt } from '../attempts/attempt.ts';
import { beginDecision } from '../decisions/decision.ts';
import { RefusalError } from '../errors.ts';
import { sendRefusal, sendRefusedStart } from '../pages/refusal.ts';
import { joinScopes, parseScopes } from '../providers/scopes.ts';
import { randomToken } from '../secrets/sealing.ts';
import { budgetSignal, withinBudget } from '../budget.ts';
import { startHosted } from './hosted.ts';
import { readQuery } from './query.ts';
import { readTarget, redirect } from './target.ts';
import { findEnvironment, findProvider, parameter, type Surroundings } from './surroundings.ts';
import { NotImplementedError } from '@vestibule/backend-plugin-api';

export async function start(ctx: Context, surroundings: Surroundings, providerId: string): Promise<void> {
  try {
    await begin(ctx, surroundings, providerId);
  } catch (error) {
    // A person who came here with a browser gets a page; a program gets the error as JSON.
    if (!(error instanceof RefusalError) || ctx.accepts('json', 'html') !== 'html') throw error;
    sendRefusedStart(ctx, { error, ...surroundings });
  }
}

async function begin(ctx: Context, surroundings: Surroundings, providerId: string): Promise<void> {
  const entry = findProvider(surroundings, providerId);
  if (entry.kind === 'proxy') throw new NotImplementedError('ERR_AUTH_NOT_OFFERED', 'Not implemented');
  const query = readQuery(ctx);
  ctx.set('Cache-Control', 'no-store');
  if (entry.kind === 'hosted') {
    await startHosted(ctx, surroundings, entry, query);
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
  let url: URL;
  try {
    const signal = budgetSignal();
    url = await withinBudget(
      signal,
      instance.provider.authorizationUrl({
        state: attempt.handle,
        nonce: attempt.nonce,
        codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        scopes: attempt.scopes,
        callbackUrl: instance.callbackUrl,
        questions: instance.questions,
        signal,
      }),
    );
  } catch (error) {
    await refuse(ctx, surroundings, attempt, error);
    return;
  }
  instance.attempts.keep(ctx.req, ctx.res, attempt);
  redirect(ctx, url.href);
}

/** A person looks at this answer, and the window that opened the popup waits for it: they get what a callback gives. */
async function refuse(
  ctx: Context,
  surroundings: Surroundings,
  attempt: Attempt,
  error: unknown,
): Promise<void> {
  const { logger, clock, decisions } = surroundings;
  const { providerId, environment } = attempt;
  const record = beginDecision({ event: 'sign-in', providerId, environment, logger, clock, decisions });
  sendRefusal(ctx, { error, attempt, record: await record.refuse(error), ...surroundings });
}
