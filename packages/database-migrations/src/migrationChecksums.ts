/** What a test holds released migrations by. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Migration } from './migrate.ts';

/**
 * The SHA-256 of what each migration tells the database, in base64url, by id. A test compares them with those that it wrote
 * down at a release: who edits a migration that has run somewhere makes two kinds of databases, those from before and those
 * from after.
 *
 * @param knex - An empty database, of the same engine each time. It stays empty: all of it is rolled back.
 * @throws What a migration throws.
 * @public
 */
export async function migrationChecksums(
  knex: Knex,
  migrations: readonly Migration[],
): Promise<Record<string, string>> {
  const transaction = await knex.transaction();
  try {
    const checksums: Record<string, string> = {};
    for (const { id, up } of migrations) {
      const hash = createHash('sha256');
      const note = ({ sql, bindings }: Pick<Knex.Sql, 'sql' | 'bindings'>) =>
        hash.update(`${JSON.stringify([sql, bindings])}\n`);
      transaction.on('query', note);
      await up(transaction);
      transaction.removeListener('query', note);
      checksums[id] = hash.digest('base64url');
    }
    return checksums;
  } finally {
    await transaction.rollback();
  }
}
