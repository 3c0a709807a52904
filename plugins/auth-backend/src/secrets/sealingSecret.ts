/**
 * The secret from which sealing keys are derived: `auth.session.secret`, or, where a config lacks it, one that is
 * generated once and kept in the database, where all replicas find it.
 */
import { randomBytes } from 'node:crypto';
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { AuthDatabase } from '../database/authDatabase.ts';
import { tables } from '../database/migrations.ts';
import { sessionSecretWeakness } from './secretProblems.ts';

/** Finds the secret. In production a weak one was refused before, see `secretProblems.ts`. */
export async function findSealingSecret(options: {
  configured: string | undefined;
  isProduction: boolean;
  logger: LoggerService;
  database: AuthDatabase;
}): Promise<string> {
  const { configured, isProduction, logger, database } = options;
  if (configured !== undefined) {
    if (sessionSecretWeakness(configured) !== undefined)
      logger.warn('auth.session.secret is weak; in production it would be refused');
    return configured;
  }
  if (isProduction) {
    logger.warn(
      'auth.session.secret is not set: a sealing secret was generated and is kept in the database. ' +
        'Set auth.session.secret, so that whoever reads the database cannot open what is sealed.',
    );
  }
  return readOrCreate(database);
}

/** Insert unless there, then read back, so that replicas that start at once agree. */
async function readOrCreate(database: AuthDatabase): Promise<string> {
  const knex = await database.client();
  const purpose = 'session';
  await knex(tables.sealingSecrets)
    .insert({ purpose, secret: randomBytes(32).toString('base64url') })
    .onConflict('purpose')
    .ignore();
  const row = await knex<{ purpose: string; secret: string }>(tables.sealingSecrets)
    .where({ purpose })
    .first();
  if (!row) throw new Error('the sealing secret was written but cannot be read back');
  return row.secret;
}
