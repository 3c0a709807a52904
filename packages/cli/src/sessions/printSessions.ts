/** Sessions for people in a terminal. */
import type { ListedSession } from '@vestibule/plugin-auth-backend/inspect';
import { formatTable, plainText, spokenTime } from '@vestibule/plugin-auth-node';

const unknown = '-';

/** One line each, with a heading. */
export function printSessionList(sessions: readonly ListedSession[]): string {
  const rows = sessions.map((session) => Object.values(cellsOf(session)).map(plainText));
  return formatTable([['id', 'kind', 'user', 'provider', 'client', 'created', 'last used', 'ends'], ...rows]);
}

/** One session, a line for each thing known of it. */
export function printSession(session: ListedSession): string {
  const rows = Object.entries(cellsOf(session)).map(([name, value]) => [name, plainText(value)]);
  return formatTable(rows);
}

function cellsOf(session: ListedSession): Record<string, string> {
  const { id, kind, userEntityRef, providerId, client, createdAt, lastUsedAt, endsAt } = session;
  return {
    id,
    kind,
    user: userEntityRef ?? unknown,
    provider: providerId ?? unknown,
    client: client ?? unknown,
    created: createdAt === undefined ? unknown : spokenTime(createdAt),
    'last used': spokenTime(lastUsedAt),
    ends: spokenTime(endsAt),
  };
}
