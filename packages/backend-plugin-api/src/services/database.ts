/** The service `core.database`. */
// Types only: the contract hands out knex, as Backstage's does, so that plugins run on both hosts.
import type { Knex } from 'knex';

/** One database for each plugin. @public */
export interface DatabaseService {
  /**
   * Connects, once for each plugin. The plugin brings its tables up to date itself; ours begin with `vestibule_`.
   *
   * @throws `ERR_DATABASE_UNAVAILABLE` when no connection can be made.
   */
  getClient(): Promise<Knex>;
  /** With `skip`, the operator migrates by other means. */
  readonly migrations?: { readonly skip?: boolean };
}
