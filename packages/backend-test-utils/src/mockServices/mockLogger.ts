/** A logger that remembers. */
import type { JsonObject, LoggerService } from '@vestibule/backend-plugin-api';

/** One line. @public */
export interface MockLogLine {
  level: 'error' | 'warn' | 'info' | 'debug';
  message: string;
  /** Of the call, over those of the loggers above it. */
  meta: Readonly<Record<string, unknown>>;
}

/** What `mockServices.logger()` makes. @public */
export interface MockLogger extends LoggerService {
  /** Its own, and those of its children, in order. Nothing is redacted. */
  readonly lines: readonly MockLogLine[];
}

export function createMockLogger(lines: MockLogLine[] = [], inherited: JsonObject = {}): MockLogger {
  const write =
    (level: MockLogLine['level']) =>
    (message: string, meta: Error | JsonObject = {}): void => {
      lines.push({
        level,
        message,
        meta: { ...inherited, ...(meta instanceof Error ? { error: meta } : meta) },
      });
    };
  return {
    lines,
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (meta) => createMockLogger(lines, { ...inherited, ...meta }),
  };
}
