/** What a backend itself never does: ends the process, on signals and on failures that nobody handled. */
import type { LoggerService } from '@vestibule/backend-plugin-api';

/** What to end, and where to say why. */
export interface Supervised {
  stop(): Promise<void>;
  logger(): LoggerService;
  /** Hands over what nobody caught; tells whose it was, where it need not end the process. Default: it always ends it. */
  claim?(thrown: unknown): string | undefined;
}

/** The end of the process. */
export interface Supervision {
  end(exitCode: number): void;
  isEnding(): boolean;
}

const stopDeadlineMilliseconds = 20_000; // after a failure; the shutdown hooks have shorter ones of their own
const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * The first SIGTERM or SIGINT stops the backend and ends the process with 0; a second one ends it at once, with 128 and
 * the number of the signal. An uncaught exception or an unhandled rejection is logged, and ends it with 1 after a stop:
 * whatever was under way is in an unknown state. One that somebody claims, since it came from a callback of theirs, is
 * logged with their name: what is in an unknown state is theirs too.
 *
 * @returns `end` ends the process; `isEnding` tells whether it has been told to.
 */
export function superviseProcess({ stop, logger, claim }: Supervised): Supervision {
  let isEnding = false;

  function end(exitCode: number): void {
    process.exit(exitCode);
  }

  function stopAndEnd(exitCode: number): void {
    isEnding = true;
    if (exitCode !== 0) setTimeout(end, stopDeadlineMilliseconds, exitCode).unref();
    stop().then(
      () => end(exitCode),
      () => end(1),
    );
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isEnding) end(128 + signalNumbers[signal]);
      else stopAndEnd(0);
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (reason: unknown) => {
      const what =
        event === 'uncaughtException' ? 'an exception was not caught' : 'a rejection was not handled';
      const whose = claim?.(reason);
      const outcome = whose === undefined ? 'stopping' : `it is of ${whose}, whose request has failed`;
      logger().error(`${what}; ${outcome}`, reason instanceof Error ? reason : { reason: String(reason) });
      if (whose === undefined && !isEnding) stopAndEnd(1);
    });
  }
  return { end, isEnding: () => isEnding };
}
