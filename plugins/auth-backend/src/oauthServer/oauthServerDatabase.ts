/** The database of the OAuth server, going away. */
import { OAuthError } from './oauthError.ts';

/** For `.catch(…)` behind a query. @throws OAuthError `temporarily_unavailable`. */
export function throwUnavailable(cause: unknown): never {
  throw new OAuthError('temporarily_unavailable', 'The database did not answer', { cause });
}
