/** `vestibule explain`: prints a decision that the backend kept. Reads the database, and changes nothing. */
import {
  createRootLogger,
  openDatabase,
  readRootConfig,
  redactForDisplay,
} from '@vestibule/backend-defaults';
import { systemClock, type CodedError, type Config } from '@vestibule/backend-plugin-api';
import {
  createRecordReader,
  isRecordReference,
  type RecordReader,
} from '@vestibule/plugin-auth-backend/inspect';
import { printRecord, printRecordList } from '@vestibule/plugin-auth-node';

const listed = 20;

/** What to explain. */
export interface ExplainOptions {
  configFiles: readonly string[];
  /** Without one the latest decisions are listed. */
  reference?: string;
  json: boolean;
}

/** @returns the exit code. */
export async function explain({ configFiles, reference, json }: ExplainOptions): Promise<0 | 1 | 2> {
  if (reference !== undefined && !isRecordReference(reference)) {
    return fail(
      2,
      `'${reference}' is no reference; it has ten digits and letters from a to f, such as 3f9a0c71be`,
    );
  }
  let config: Config | undefined;
  try {
    config = await readRootConfig(configFiles.length > 0 ? { files: configFiles } : {});
    // Its reports are about a backend that runs; here only the outcome matters.
    const database = await openDatabase(config, 'auth', createRootLogger({ level: 'error' }));
    try {
      return await print(createRecordReader(database, systemClock), reference, json);
    } finally {
      await database.destroy();
    }
  } catch (error) {
    return fail(1, redactForDisplay(sentenceOf(error), config));
  }
}

async function print(reader: RecordReader, reference: string | undefined, json: boolean): Promise<0 | 1> {
  if (!(await reader.isReady())) {
    return fail(
      1,
      'this database has no table of decisions; start the backend on it once, with this version or a later one',
    );
  }
  if (reference === undefined) {
    const decisions = await reader.latest(listed);
    if (json) return show(JSON.stringify(decisions, undefined, 2));
    return show(decisions.length > 0 ? printRecordList(decisions) : 'No decision is kept yet.');
  }
  const decision = await reader.find(reference);
  if (decision) return show(json ? JSON.stringify(decision, undefined, 2) : printRecord(decision));
  return fail(
    1,
    `no decision with reference ${reference} is kept\n` +
      '  It is older than seven days, or newer ones took its place; or it is in the database of another\n' +
      '  backend, so give the config that the backend was started with; or only the log has it: that of a refresh or\n' +
      '  guest let in, and of a sign-in refused before it had begun here.',
  );
}

function show(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

function fail<T extends 1 | 2>(exitCode: T, sentence: string): T {
  process.stderr.write(`vestibule: ${sentence}\n`);
  if (exitCode === 2) process.stderr.write("Try 'vestibule explain --help'.\n");
  return exitCode;
}

/** What is expected to go wrong comes with a code, and its message and hint say enough. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, hint } = error as Partial<CodedError>;
  if (code === 'ERR_DATABASE_IN_MEMORY') {
    return `the backend keeps its decisions in memory, where only its own process can read them\n  ${hint ?? ''}`;
  }
  if (code === undefined) return error.stack ?? error.message;
  return `${error.message}${hint === undefined ? '' : `\n  ${hint}`}`;
}
