/** The database of sign-in, beside the backend that uses it, for the commands that read what it keeps. */
import {
  createRootLogger,
  openDatabase,
  readRootConfig,
  redactForDisplay,
} from '@vestibule/backend-defaults';
import type { CodedError, Config } from '@vestibule/backend-plugin-api';

/** What a command gets. */
export type AuthDatabase = Awaited<ReturnType<typeof openDatabase>>;

/** Where what a command is about is. */
export interface OpenedBackend {
  readonly config: Config;
  /** Opened when it is first asked for. */
  database(): Promise<AuthDatabase>;
}

/**
 * Runs a command beside the backend of a config, and says what went wrong.
 *
 * @param options - `kept`: what the command is about, for example `decisions`.
 * @returns the exit code.
 */
export async function besideBackend(
  options: { configFiles: readonly string[]; kept: string },
  act: (backend: OpenedBackend) => Promise<0 | 1>,
): Promise<0 | 1> {
  const { configFiles, kept } = options;
  let config: Config | undefined;
  let opened: AuthDatabase | undefined;
  try {
    const given = await readRootConfig(configFiles.length > 0 ? { files: configFiles } : {});
    config = given;
    // Its reports are about a backend that runs; here only the outcome matters.
    const logger = createRootLogger({ level: 'error' });
    return await act({
      config,
      database: async () => (opened ??= await openDatabase(given, 'auth', logger)),
    });
  } catch (error) {
    return fail(1, redactForDisplay(sentenceOf(error, kept), config));
  } finally {
    await opened?.destroy();
  }
}

/** @returns the exit code. */
export function fail<T extends 1 | 2>(exitCode: T, sentence: string): T {
  process.stderr.write(`vestibule: ${sentence}\n`);
  return exitCode;
}

/** @returns the exit code. */
export function show(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** What is expected to go wrong comes with a code, and its message and hint say enough. */
function sentenceOf(error: unknown, kept: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code, hint } = error as Partial<CodedError>;
  if (code === 'ERR_DATABASE_IN_MEMORY') {
    return `the backend keeps its ${kept} in memory, where only its own process can read them\n  ${hint ?? ''}`;
  }
  if (code === undefined) return error.stack ?? error.message;
  return `${error.message}${hint === undefined ? '' : `\n  ${hint}`}`;
}
