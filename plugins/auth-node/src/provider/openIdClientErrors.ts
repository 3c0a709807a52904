/** From what openid-client throws to the errors of this package. */
import { AuthorizationResponseError, ClientError } from 'openid-client';
import { isProviderError, ProviderAnswerInvalidError } from '../errors.ts';
import { refusal } from './providerCalls.ts';
import { explanationOfCallback } from './providerExplanation.ts';

/**
 * The error to throw on. Causes are dropped, since openid-client keeps whole answers in them, tokens included; what its
 * `customFetch` threw comes back as it was.
 *
 * @param error - What openid-client threw.
 * @param answer - Which answer was being read, for the operator, for example `token answer`.
 * @public
 */
export function providerErrorOf(error: unknown, answer: string): Error {
  for (
    let cause: unknown = error, depth = 0;
    cause instanceof Error && depth < 5;
    cause = cause.cause, depth += 1
  ) {
    if (isProviderError(cause)) return cause;
    if (cause instanceof AuthorizationResponseError) {
      return refusal(cause.error, undefined, explanationOfCallback(cause.cause));
    }
  }
  return new ProviderAnswerInvalidError(`${answer}${detailOf(error)}`, { isMalformed: true });
}

/** The messages of openid-client and of its own cause are fixed sentences; deeper ones may quote the answer. */
function detailOf(error: unknown): string {
  if (!(error instanceof ClientError)) return '';
  const { cause, message } = error;
  return `, ${cause instanceof Error && cause.name === 'OperationProcessingError' ? cause.message : message}`;
}
