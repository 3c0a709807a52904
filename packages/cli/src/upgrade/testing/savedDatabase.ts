/** The database of plugin `auth` as a file: what SQLite has, and what `pg_dump` writes. */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestDatabase } from '@vestibule/backend-test-utils';
import type { Engine } from './freshDatabase.ts';

/** Which of both is there depends on the engine. */
export interface DatabaseFiles {
  sqlite: string;
  postgres: string;
}

/** Writes the file of the engine. Nothing else may be using the database. */
export async function saveDatabase(
  engine: Engine,
  database: TestDatabase,
  files: DatabaseFiles,
): Promise<void> {
  const connection = await database.connect('auth');
  if (engine === 'SQLite') {
    await connection.raw('VACUUM');
    await connection.raw('PRAGMA wal_checkpoint(TRUNCATE)');
    await connection.destroy();
    await copyFile(join(directoryOf(database), 'auth.sqlite'), files.sqlite);
  } else {
    const url = new URL(String(database.config.connection));
    url.pathname = `${String(database.config.prefix)}auth`;
    const options = ['--no-owner', '--no-privileges', '--inserts', '--dbname', url.href];
    await writeFile(files.postgres, portableDump(execFileSync('pg_dump', options, { encoding: 'utf8' })));
  }
}

/** Reads it into a database that is empty. */
export async function restoreDatabase(
  engine: Engine,
  database: TestDatabase,
  files: DatabaseFiles,
): Promise<void> {
  if (engine === 'SQLite') {
    await mkdir(directoryOf(database), { recursive: true });
    await copyFile(files.sqlite, join(directoryOf(database), 'auth.sqlite'));
  } else {
    const { client } = await database.connect('auth');
    // Past knex, which takes a question mark for a placeholder.
    const connection = await client.acquireConnection();
    await connection.query(await readFile(files.postgres, 'utf8'));
    await client.releaseConnection(connection);
  }
}

const directoryOf = ({ config }: TestDatabase) => (config.connection as { directory: string }).directory;

/** Without the settings of the session and the commands of psql, which a server of another version may not know. */
function portableDump(dump: string): string {
  const lines = dump
    .split('\n')
    .filter((line) => !/^(?:SET |SELECT pg_catalog\.set_config|\\|--|$)/.test(line));
  return `${lines.join('\n')}\n`;
}
