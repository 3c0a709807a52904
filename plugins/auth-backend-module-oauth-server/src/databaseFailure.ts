/** The database of the OAuth server, going away. */
import { OAuthError } from './oauthError.ts';

/** For `.catch(…)` behind a query. @throws OAuthError `temporarily_unavailable`. */
export function throwUnavailable(thrown: unknown): never {
  // The driver's words only: before them knex puts the query with its values.
  const message = thrown instanceof Error ? thrown.message.split(' - ').at(-1) : String(thrown);
  throw new OAuthError('temporarily_unavailable', 'The database did not answer', {
    cause: new Error(message),
  });
}
