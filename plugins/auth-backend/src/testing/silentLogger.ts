/** A logger that says nothing. */
import type { LoggerService } from '@vestibule/backend-plugin-api';

export const silentLogger: LoggerService = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};
