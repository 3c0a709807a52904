/** Runs a command on the database of sign-in, beside a backend that runs or after it. */
import {
  createRootLogger,
  openDatabase,
  readRootConfig,
  redactForDisplay,
} from '@vestibule/backend-defaults';
import type { CodedError, Config } from '@vestibule/backend-plugin-api';

type Database = Awaited<ReturnType<typeof openDatabase>>;

/**
 * Opens the database that the config names, and closes it behind the act.
 *
 * @param options - `content`: what is looked for, in the plural. `fail`: tells a person what went wrong.
 * @returns What `act` or `fail` returns.
 */
export async function withAuthDatabase<T>(
  options: { configFiles: readonly string[]; content: string; fail: (sentence: string) => T },
  act: (database: Database) => Promise<T>,
): Promise<T> {
  const { configFiles, content, fail } = options;
  let config: Config | undefined;
  try {
    config = await readRootConfig(configFiles.length > 0 ? { files: configFiles } : {});
    // Its reports are about a backend that runs; here only the outcome matters.
    const database = await openDatabase(config, 'auth', createRootLogger({ level: 'error' }));
    try {
      return await act(database);
    } finally {
      await database.destroy();
    }
  } catch (error) {
    return fail(redactForDisplay(sentenceOf(error, content), config));
  }
}

/** What is expected to go wrong comes with a code, and its message and hint say enough. */
function sentenceOf(error: unknown, content: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code, hint } = error as Partial<CodedError>;
  if (code === 'ERR_DATABASE_IN_MEMORY') {
    return `the backend keeps its ${content} in memory, where only its own process can read them\n  ${hint ?? ''}`;
  }
  if (code === undefined) return error.stack ?? error.message;
  return `${error.message}${hint === undefined ? '' : `\n  ${hint}`}`;
}
