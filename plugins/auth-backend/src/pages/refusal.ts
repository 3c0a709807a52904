/** Tells a person that a sign-in was refused: in the popup's answer, or with the redirect back to where it began. */
import type { RuntimeModeService } from '@vestibule/backend-plugin-api';
import { decisionCodes, type DecisionCodeName } from '@vestibule/plugin-auth-node';
import type { Context } from 'koa';
import type { Attempt } from '../attempts/attempt.ts';
import type { DecisionRecord } from '../decisions/decisionRecord.ts';
import { printDecision } from '../decisions/printDecision.ts';
import { RefusalError, decisionCodeOf } from '../errors.ts';
import type { AllowedTargets } from '../targets/allowedTargets.ts';
import { sendAnswerPage } from './answerPage.ts';

/**
 * Sends the refusal. Without an attempt nothing is known about where it began, so the answer goes to the origin of
 * `app.baseUrl`. The sentence is the closed list's or ours; an error's own message never leaves. The record is shown in
 * development only; otherwise its reference is all that leads an operator to it.
 */
export function sendRefusal(
  ctx: Context,
  options: {
    error: unknown;
    attempt: Attempt | undefined;
    record: DecisionRecord;
    targets: AllowedTargets;
    runtimeMode: RuntimeModeService;
  },
): void {
  const { error, attempt, record, targets, runtimeMode } = options;
  const { reference } = record;
  const code = decisionCodeOf(error) ?? 'ERR_RESOLVER_FAILED';
  const { name, sentence: listed } = decisionCodes[code];
  const sentence = error instanceof RefusalError ? error.message : listed;

  if (attempt?.flow === 'redirect' && attempt.redirectUrl !== undefined) {
    const url = new URL(attempt.redirectUrl);
    url.searchParams.set('error', sentence);
    url.searchParams.set('error_code', code);
    url.searchParams.set('error_reference', reference);
    ctx.status = 302;
    ctx.set('Location', url.href);
    ctx.body = '';
    ctx.remove('Content-Type');
    return;
  }
  sendAnswerPage(ctx, {
    post: {
      message: { type: 'authorization_response', error: { name, message: sentence, code, reference } },
      targetOrigin: attempt?.origin ?? targets.appOrigin,
    },
    appUrl: targets.appUrl,
    heading: 'You are not signed in',
    paragraphs: [sentence, `Code ${code}, reference ${reference}.`],
    ...(runtimeMode.isDevelopment && { lines: printDecision(record) }),
  });
}

/**
 * Says in words that a start was refused before anything was known to be safe: where it wanted to end, for one. So the
 * page posts nothing and leads nowhere but to `app.baseUrl`.
 */
export function sendRefusedStart(
  ctx: Context,
  {
    error,
    targets,
    runtimeMode,
  }: { error: RefusalError; targets: AllowedTargets; runtimeMode: RuntimeModeService },
): void {
  sendAnswerPage(
    ctx,
    {
      appUrl: targets.appUrl,
      heading: 'You cannot sign in this way',
      paragraphs: [error.message, ...operatorLine(error.code, runtimeMode), `Code ${error.code}.`],
    },
    error.statusCode,
  );
}

function operatorLine(code: DecisionCodeName, { isDevelopment }: RuntimeModeService): string[] {
  return isDevelopment ? [`For the operator: ${decisionCodes[code].operator}`] : [];
}
