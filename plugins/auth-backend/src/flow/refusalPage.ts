/** Tells a person that a sign-in was refused: in the popup's answer, or with the redirect back to where it began. */
import { statusOfError, type CodedError, type RuntimeModeService } from '@vestibule/backend-plugin-api';
import {
  signInCodes,
  isSignInCode,
  RefusalError,
  signInCodeOf,
  sendPopupPage,
  withoutProviderWords,
  printRecord,
  type SignInRecord,
} from '@vestibule/plugin-auth-node';
import type { Context } from 'koa';
import type { AuthTransaction } from '../transactions/transaction.ts';
import type { AllowedTargets } from './allowedTargets.ts';
import { appendParameters } from './address.ts';

/** For the one refusal that is in no list: of a provider that reads requests as they come. */
const notOffered = 'This way to sign in has no page of its own: open the portal instead.';
/** What the last refusal has added to an address, from which somebody tries again. */
const earlierRefusal = /(?<=[?&])error=[^&#]*&error_code=[^&#]*&error_reference=[^&#]*&?/;

/**
 * Sends the refusal. Without a transaction nothing is known about where it began, so the answer goes to the origin of
 * `app.baseUrl`. The sentence is the closed list's or ours; an error's own message never leaves. The record is shown in
 * development only; otherwise its reference is all that leads an operator to it.
 */
export function sendRefusal(
  ctx: Context,
  options: {
    error: unknown;
    transaction: AuthTransaction | undefined;
    record: SignInRecord;
    targets: AllowedTargets;
    runtimeMode: RuntimeModeService;
  },
): void {
  const { error, transaction, record, targets, runtimeMode } = options;
  const { reference } = record;
  const code = signInCodeOf(error) ?? 'ERR_RESOLVER_FAILED';
  const { name, sentence: listed } = signInCodes[code];
  const sentence = error instanceof RefusalError ? error.message : listed;

  if (transaction?.flow === 'redirect' && transaction.redirectUrl !== undefined) {
    const address = targets.failureAddress(transaction.redirectUrl).replace(earlierRefusal, '');
    ctx.status = 302;
    ctx.set(
      'Location',
      appendParameters(address, { error: sentence, error_code: code, error_reference: reference }),
    );
    ctx.body = '';
    ctx.remove('Content-Type');
    return;
  }
  sendPopupPage(ctx, {
    post: {
      message: { type: 'authorization_response', error: { name, message: sentence, code, reference } },
      targetOrigin: transaction?.origin ?? targets.appOrigin,
    },
    appUrl: targets.appUrl,
    heading: 'You are not signed in',
    paragraphs: [sentence, `Code ${code}, reference ${reference}.`],
    ...(runtimeMode.isDevelopment && { lines: printRecord(withoutProviderWords(record)) }),
  });
}

/**
 * Says in words that a sign-in did not begin, or that a callback is none, with the status of what happened. Without a target, nothing is known to be
 * safe: the page posts nothing, and leads nowhere but to `app.baseUrl`.
 *
 * @param options - `target`: where the sign-in would have ended; matched. `record`: of a start at which the provider was
 *   asked.
 */
export function sendRefusedRequest(
  ctx: Context,
  options: {
    error: CodedError;
    target: Pick<AuthTransaction, 'origin' | 'flow'> | undefined;
    record?: SignInRecord;
    targets: AllowedTargets;
    runtimeMode: RuntimeModeService;
  },
): void {
  const { error, target, record, targets, runtimeMode } = options;
  const { name, code } = error;
  const { isDevelopment } = runtimeMode;
  const message = isSignInCode(code) ? error.message : notOffered;
  if (error instanceof RefusalError && error.retryAfterSeconds !== undefined) {
    ctx.set('Retry-After', String(error.retryAfterSeconds));
  }
  sendPopupPage(
    ctx,
    {
      ...(target?.flow === 'popup' && {
        post: {
          message: {
            type: 'authorization_response',
            error: { name, message, code, ...(record && { reference: record.reference }) },
          },
          targetOrigin: target.origin,
        },
      }),
      appUrl: targets.appUrl,
      heading: record ? 'You are not signed in' : 'You cannot sign in this way',
      paragraphs: [
        message,
        ...(isDevelopment && !record ? operatorLine(code) : []),
        record ? `Code ${code}, reference ${record.reference}.` : `Code ${code}.`,
      ],
      ...(isDevelopment && record && { lines: printRecord(withoutProviderWords(record)) }),
    },
    statusOfError(error),
  );
}

function operatorLine(code: string): string[] {
  return isSignInCode(code) ? [`For the operator: ${signInCodes[code].operator}`] : [];
}
