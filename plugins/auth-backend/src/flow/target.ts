/** Where a sign-in ends, as the query of a start says it. */
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { AuthTransaction } from '../transactions/transaction.ts';
import { type Query, parameter } from '../http/query.ts';
import type { FlowContext } from './flowContext.ts';

/** What the query of a start says about where the sign-in ends, checked before anything else. */
export type TransactionTarget = Pick<AuthTransaction, 'origin' | 'flow' | 'redirectUrl'>;

/**
 * @throws `ERR_AUTH_ORIGIN_INVALID`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`, `ERR_AUTH_REDIRECT_URL_MISSING`,
 *   `ERR_AUTH_REDIRECT_URL_INVALID`, `ERR_AUTH_REDIRECT_URL_NOT_ALLOWED`.
 */
export function readTarget(query: Query, { targets }: FlowContext): TransactionTarget {
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
