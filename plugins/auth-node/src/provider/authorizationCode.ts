/** Reading the callback of an OAuth 2.0 vendor (RFC 6749 section 4.1.2). */
import { ProviderAnswerInvalidError } from '../errors.ts';
import type { CodeExchange } from './oauthProvider.ts';
import { withoutEmptyParameters } from './absentMembers.ts';
import { refusal } from './providerCalls.ts';
import { explanationOfCallback } from './providerExplanation.ts';

/**
 * The authorization code of a callback that belongs to the attempt and tells no error. For vendors that are no OpenID
 * Providers; their callbacks are read by openid-client.
 *
 * @throws `ERR_PROVIDER_ANSWER_INVALID` where the state is another's, the code is missing, or a parameter stands there
 *   twice (RFC 6749 section 3.1); nothing has been verified then.
 * @throws `ERR_PROVIDER_REFUSED` or `ERR_PROVIDER_UNAVAILABLE` where the vendor tells an error.
 * @public
 */
export function readAuthorizationCode({
  parameters: given,
  state,
}: Pick<CodeExchange, 'parameters' | 'state'>): string {
  const parameters = withoutEmptyParameters(given);
  for (const name of ['state', 'error', 'code']) {
    if (parameters.getAll(name).length > 1)
      throw new ProviderAnswerInvalidError(`callback ${name}, given twice`);
  }
  if (parameters.get('state') !== state) throw new ProviderAnswerInvalidError('callback state');
  const error = parameters.get('error');
  if (error !== null) throw refusal(error, undefined, explanationOfCallback(parameters));
  const code = parameters.get('code');
  if (code === null) throw new ProviderAnswerInvalidError('callback code');
  return code;
}
