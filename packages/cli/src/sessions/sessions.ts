/** `vestibule sessions`: lists the sessions that the database of sign-in has, shows one, and ends some. */
import { CodedError, systemClock } from '@vestibule/backend-plugin-api';
import {
  createSessionDirectory,
  createSessionTable,
  isSessionTableReady,
  readSessionFilter,
  type SessionDirectory,
  type WrittenSessionFilter,
} from '@vestibule/plugin-auth-backend/inspect';
import { findProgramSessions } from '@vestibule/plugin-auth-backend-module-oauth-server/inspect';
import type { SessionFilter } from '@vestibule/plugin-auth-node';
import { besideBackend, fail, show } from '../authDatabase.ts';
import { printSession, printSessionList } from './printSessions.ts';

/** Beyond it, a list is read by nobody; a filter finds what is meant. */
const listed = 1000;

/** What to do. */
export interface SessionsOptions {
  readonly act: 'list' | 'show' | 'revoke';
  readonly configFiles: readonly string[];
  readonly filter: WrittenSessionFilter;
  readonly form: 'text' | 'json';
}

/** @returns the exit code. */
export async function sessions({ act, configFiles, filter, form }: SessionsOptions): Promise<0 | 1 | 2> {
  let meant: SessionFilter;
  try {
    meant = readSessionFilter(filter, systemClock);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    fail(2, error.message);
    process.stderr.write("Try 'vestibule sessions --help'.\n");
    return 2;
  }
  return besideBackend({ configFiles, kept: 'sessions' }, async (backend) => {
    const database = await backend.database();
    if (!(await isSessionTableReady(database))) {
      return fail(
        1,
        'this database has no table of sessions, or one of a release before; start the backend on it once, with this version',
      );
    }
    const programs = await findProgramSessions(database);
    const sources = [createSessionTable(database), ...(programs ? [programs] : [])];
    return acts[act](createSessionDirectory(sources, systemClock), meant, form);
  });
}

type Act = (
  directory: SessionDirectory,
  filter: SessionFilter,
  form: SessionsOptions['form'],
) => Promise<0 | 1>;

const acts: Readonly<Record<SessionsOptions['act'], Act>> = {
  async list(directory, filter, form) {
    const found = await directory.list(filter, listed);
    if (!found.isComplete) {
      process.stderr.write(`vestibule: these are the ${listed} that were used last; there are more\n`);
    }
    if (form === 'json') return show(JSON.stringify(found.sessions, undefined, 2));
    return show(found.sessions.length > 0 ? printSessionList(found.sessions) : 'No session fits.');
  },

  async show(directory, filter, form) {
    const found = await directory.list(filter, 2);
    const [session, other] = found.sessions;
    if (!session) return fail(1, `no session that has not ended has the id ${filter.id ?? ''}`);
    if (other) return fail(1, `more than one session has an id that begins with ${filter.id ?? ''}`);
    return show(form === 'json' ? JSON.stringify(session, undefined, 2) : printSession(session));
  },

  async revoke(directory, filter, form) {
    const endedCount = await directory.end(filter);
    if (form === 'json') return show(JSON.stringify({ endedCount }));
    return show(`Ended ${endedCount} ${endedCount === 1 ? 'session' : 'sessions'}.`);
  },
};
