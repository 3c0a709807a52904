/**
 * Tells the operator of sessions that are in the store and do not open: they were sealed under another secret. The person only
 * learns that the session has ended; the log says why, at once and then at most every minute, with how many there were since.
 */
import type { LoggerService } from '@vestibule/backend-plugin-api';

const sayEveryMilliseconds = 60_000;

/** Counts sessions that did not open. */
export interface UnopenedSessions {
  note(): void;
  /** Says what was not said yet. */
  stop(): void;
}

export function reportUnopened(logger: Pick<LoggerService, 'warn'>): UnopenedSessions {
  let unopened = 0;
  let pause: NodeJS.Timeout | undefined;

  function say(): void {
    pause = undefined;
    if (unopened === 0) return;
    logger.warn(
      `Sessions that could not be opened: ${unopened}; these people are signed out. Sealed under another secret? ` +
        'Put the former one at the end of the list auth.session.secret, the same on all replicas (ERR_SESSION_NOT_OPENED)',
      { code: 'ERR_SESSION_NOT_OPENED', unopened },
    );
    unopened = 0;
    pause = setTimeout(say, sayEveryMilliseconds).unref();
  }

  return {
    note() {
      unopened += 1;
      if (!pause) say();
    },
    stop() {
      clearTimeout(pause);
      say();
      clearTimeout(pause);
    },
  };
}
