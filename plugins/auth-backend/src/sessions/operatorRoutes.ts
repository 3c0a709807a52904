/**
 * `GET` and `DELETE /v1/sessions`: lists and ends sessions for other plugins, and for programs that the operator lets call the
 * backend. Never for users, whose own sessions are not all there is here.
 */
import {
  InputError,
  NotImplementedError,
  type AuditorService,
  type ClockService,
  type HttpAuthService,
} from '@vestibule/backend-plugin-api';
import type { RouteContext } from '@vestibule/koa-handler';
import {
  isSearchable,
  type SessionFilter,
  type SessionSource,
  type SessionStoreService,
} from '@vestibule/plugin-auth-node';
import { orUnavailable } from '../errors.ts';
import { readQuery } from '../http/query.ts';
import { readSessionFilter } from './readSessionFilter.ts';
import { createSessionDirectory, type SessionDirectory } from './sessionDirectory.ts';

const defaultLimit = 100;
const greatestLimit = 1000;
const filterNames = ['id', 'user', 'provider', 'olderThan'];

/** What the routes work with. */
export interface OperatorServices {
  readonly httpAuth: HttpAuthService;
  readonly auditor: AuditorService;
  readonly clock: ClockService;
  readonly store: SessionStoreService;
  /** Of modules. */
  readonly sources: readonly SessionSource[];
}

/** Answers `GET`. */
export async function listSessions(ctx: RouteContext, services: OperatorServices): Promise<void> {
  const asked = await admit(ctx, services, [...filterNames, 'limit']);
  const filter = readSessionFilter(asked, services.clock);
  const limit = readLimit(asked['limit']);
  const directory = directoryOf(services);
  ctx.body = await orUnavailable(async () => directory.list(filter, limit));
}

/** Answers `DELETE`. */
export async function endSessions(ctx: RouteContext, services: OperatorServices): Promise<void> {
  const { all, ...asked } = await admit(ctx, services, [...filterNames, 'all']);
  const filter = readSessionFilter(asked, services.clock);
  if (all !== undefined && all !== 'true') throw invalid("'all' is 'true', or left out");
  if (all !== undefined && Object.keys(asked).length > 0) throw invalid("'all' excludes every filter");
  if (all === undefined && Object.keys(asked).length === 0) {
    throw invalid(`Which sessions? Name some by ${filterNames.join(', ')}, or say all=true`);
  }
  const directory = directoryOf(services);
  ctx.body = { endedCount: await endAudited(ctx, services, { directory, filter, asked }) };
}

/** Lets services in, and nobody else, and reads the query. */
async function admit(
  ctx: RouteContext,
  { httpAuth }: OperatorServices,
  known: readonly string[],
): Promise<Partial<Record<string, string>>> {
  ctx.set('Cache-Control', 'no-store');
  await httpAuth.credentials(ctx.req, { allow: ['service'] });
  const query = readQuery(ctx);
  const stranger = [...query.keys()].find((name) => !known.includes(name));
  // A misspelt filter would mean more sessions than somebody thought of.
  if (stranger !== undefined) throw invalid(`'${stranger}' is not one of ${known.join(', ')}`);
  return Object.fromEntries(query);
}

async function endAudited(
  ctx: RouteContext,
  { auditor }: OperatorServices,
  act: { directory: SessionDirectory; filter: SessionFilter; asked: Partial<Record<string, string>> },
): Promise<number> {
  const { directory, filter, asked } = act;
  const event = await auditor.createEvent({
    eventId: 'sessions-revoke',
    severityLevel: 'high',
    request: ctx.req,
    meta: { filter: { ...asked, ...(filter.userEntityRef && { user: filter.userEntityRef }) } },
  });
  try {
    const endedCount = await orUnavailable(async () => directory.end(filter));
    await event.success({ meta: { endedCount } });
    return endedCount;
  } catch (error) {
    await event.fail({ error: error instanceof Error ? error : new Error(String(error)) });
    throw error;
  }
}

/**
 * - `ERR_SESSIONS_NOT_SEARCHABLE`: The session store that replaces ours finds no sessions by what they are of.
 *
 * @throws NotImplementedError
 */
function directoryOf({ store, sources, clock }: OperatorServices): SessionDirectory {
  if (isSearchable(store)) return createSessionDirectory([store, ...sources], clock);
  throw new NotImplementedError(
    'ERR_SESSIONS_NOT_SEARCHABLE',
    'The store of sessions finds none by what they are of',
    {
      hint: "Give the service 'vestibule.auth.sessionStore' of yours the methods of SearchableSessionStore.",
    },
  );
}

function readLimit(given: string | undefined): number {
  const limit = given === undefined ? defaultLimit : Number(given);
  if (Number.isInteger(limit) && limit > 0 && limit <= greatestLimit) return limit;
  throw invalid(`'limit' is a number from 1 to ${greatestLimit}`);
}

function invalid(message: string): InputError {
  return new InputError('ERR_SESSION_FILTER_INVALID', message);
}
