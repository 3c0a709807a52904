/** A logger that fails must not take a start-up or a shutdown with it: nobody is left to tell. */
import type { LoggerService } from '@vestibule/backend-plugin-api';

/** The same logger; what it throws is dropped. */
export function nonThrowingLogger(logger: LoggerService): LoggerService {
  const careful =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (...line: Parameters<LoggerService['error']>): void => {
      try {
        logger[level](...line);
      } catch {
        // See above.
      }
    };
  return {
    error: careful('error'),
    warn: careful('warn'),
    info: careful('info'),
    debug: careful('debug'),
    child(fields) {
      try {
        return nonThrowingLogger(logger.child(fields));
      } catch {
        return nonThrowingLogger(logger);
      }
    },
  };
}
