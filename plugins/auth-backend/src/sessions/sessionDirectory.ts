/**
 * The sessions of everybody, for operators: those of browsers, and whatever else modules let act for a user, such as the programs
 * of the OAuth server. What is over is not among them.
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { SessionFilter, SessionSource, SessionSummary } from '@vestibule/plugin-auth-node';

/** A session as operators read it: times are of RFC 3339. @public */
export type ListedSession = Omit<SessionSummary, 'createdAt' | 'lastUsedAt' | 'endsAt'> & {
  readonly createdAt?: string;
  readonly lastUsedAt: string;
  readonly endsAt: string;
};

/** Finds and ends sessions. @public */
export interface SessionDirectory {
  /** The last used first. `isComplete`: whether there are no more than these. */
  list(filter: SessionFilter, limit: number): Promise<{ sessions: ListedSession[]; isComplete: boolean }>;
  /** @returns How many were ended. */
  end(filter: SessionFilter): Promise<number>;
}

/** @param sources - All are asked, and their answers are one. @public */
export function createSessionDirectory(
  sources: readonly SessionSource[],
  clock: ClockService,
): SessionDirectory {
  const living = (filter: SessionFilter): SessionFilter => ({ ...filter, livingAt: clock.now() });
  return {
    async list(filter, limit) {
      const asked = living(filter);
      const found = await Promise.all(sources.map(async (source) => source.search(asked, limit + 1)));
      const all = found.flat().sort((one, other) => other.lastUsedAt - one.lastUsedAt);
      return { sessions: all.slice(0, limit).map(listed), isComplete: all.length <= limit };
    },
    async end(filter) {
      const asked = living(filter);
      const ended = await Promise.all(sources.map(async (source) => source.endWhere(asked)));
      return ended.reduce((sum, count) => sum + count, 0);
    },
  };
}

function listed({ createdAt, lastUsedAt, endsAt, ...session }: SessionSummary): ListedSession {
  const time = (milliseconds: number): string => new Date(milliseconds).toISOString();
  return {
    ...session,
    ...(createdAt !== undefined && { createdAt: time(createdAt) }),
    lastUsedAt: time(lastUsedAt),
    endsAt: time(endsAt),
  };
}
