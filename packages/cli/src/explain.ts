/** `vestibule explain`: prints a decision that the backend kept. Reads the database, and changes nothing. */
import { systemClock } from '@vestibule/backend-plugin-api';
import {
  createRecordReader,
  isRecordReference,
  type RecordReader,
} from '@vestibule/plugin-auth-backend/inspect';
import { printRecord, printRecordList } from '@vestibule/plugin-auth-node';
import { besideBackend, fail, show } from './authDatabase.ts';

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
    fail(2, `'${reference}' is no reference; it has ten digits and letters from a to f, such as 3f9a0c71be`);
    process.stderr.write("Try 'vestibule explain --help'.\n");
    return 2;
  }
  return besideBackend({ configFiles, kept: 'decisions' }, async ({ database }) =>
    print(createRecordReader(await database(), systemClock), reference, json),
  );
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
