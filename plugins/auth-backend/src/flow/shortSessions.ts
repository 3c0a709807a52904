/**
 * Sessions that end with their access token, because the provider gave no refresh token. The people of a portal notice at
 * the end of such a session only, and whoever runs it is told at its beginning: once in the log, and in every record.
 */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { RecordDraft } from '../record/recordDraft.ts';
import { nameOf } from '../providers/providerSummary.ts';

/** Tells of them. */
export interface ShortSessions {
  /** @param login - `milliseconds`: how long the session lasts, where the provider says so. */
  note(login: {
    providerId: string;
    environment: string;
    draft: RecordDraft;
    milliseconds?: number | undefined;
    advice: string;
  }): void;
}

export function createShortSessions(logger: LoggerService): ShortSessions {
  const told = new Set<string>();

  return {
    note({ providerId, environment, draft, milliseconds, advice }) {
      const seconds = milliseconds === undefined ? undefined : Math.round(milliseconds / 1000);
      draft.shortSession = { ...(seconds !== undefined && { seconds }), advice };
      const name = nameOf(providerId, environment);
      if (told.has(name)) return;
      told.add(name);
      const lasting = seconds === undefined ? '' : `, after ${seconds} s`;
      logger.warn(
        `sessions of ${name} end with their access token${lasting}: the provider gave no refresh token. ${advice}`,
      );
    },
  };
}
