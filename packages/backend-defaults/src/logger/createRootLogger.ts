/** The logger: pino behind the redaction, JSON lines for machines, readable lines on a terminal. */
import {
  systemClock,
  type ClockService,
  type JsonObject,
  type LoggerService,
  type RedactingLogger,
} from '@vestibule/backend-plugin-api';
import { pino, type DestinationStream } from 'pino';
import { createFieldSanitizer } from './logFields.ts';
import { createTextRedactor } from './sensitiveText.ts';
import { terminalLine } from './terminalLine.ts';

/** How much is written: the level and all above it. @public */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Options of {@link createRootLogger}. @public */
export interface RootLoggerOptions {
  /** Default: `info`. */
  level?: LogLevel;
  /** `text` for people, `json` one object a line. Default: `text` where the output is a terminal. */
  format?: 'text' | 'json';
  /** Fields of every line. */
  meta?: JsonObject;
  /** Texts that are written although they stand in the config as a secret: whoever runs the backend says they are none. */
  redactAllowlist?: readonly string[];
  /** What time it is. Default: the system's clock. */
  clock?: ClockService;
  /** The config in which the redacted values stand: its keys, and the ids among its values, are never redacted. */
  config?: JsonObject;
  /** Takes the finished lines. Default: the standard output. */
  write?(line: string): void;
}

/**
 * Creates a root logger.
 *
 * No line holds: values given to `addRedactions` (the boot gives those that config schemas mark as secret); fields named
 * like credentials (`authorization`, `cookie`, `token`, `code`, `secret`, …) at any depth; anything in a text that looks
 * like a JWT, a `Bearer` credential, a private key, or a credential in a URL, form or JSON. Line breaks and control
 * characters are escaped. Errors come with their code, hint and causes; with their stack where they mean a fault of ours
 * (5xx), and always at level `debug`.
 *
 * @public
 */
export function createRootLogger(options: RootLoggerOptions = {}): RedactingLogger {
  const { level = 'info', meta = {}, clock = systemClock, write } = options;
  const { format = write || !process.stdout.isTTY ? 'json' : 'text' } = options;
  const redactor = createTextRedactor({
    allowed: options.redactAllowlist ?? [],
    config: options.config,
  });
  const sanitizer = createFieldSanitizer(redactor, () => level === 'debug');
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination(format, write),
  );

  function log(to: LogLevel, inherited: () => JsonObject, message: unknown, given: unknown): void {
    if (!logger.isLevelEnabled(to)) return;
    const fields: JsonObject = { ...inherited(), ...sanitizer.fields(given) };
    if (message instanceof Error) fields.error = sanitizer.error(message);
    const text = message instanceof Error ? message.message : String(message);
    logger[to](withoutReserved(fields), sanitizer.text(text));
  }

  /** The fields of every line of a logger, redacted once for as long as the same secrets are known. */
  function inheritedFields(given: readonly JsonObject[]): () => JsonObject {
    let known: { version: number; fields: JsonObject } | undefined;
    return () => {
      const { version } = redactor;
      if (known?.version !== version)
        known = { version, fields: Object.assign({}, ...given.map(sanitizer.fields)) as JsonObject };
      return known.fields;
    };
  }

  function loggerWith(all: readonly JsonObject[]): LoggerService {
    const inherited = inheritedFields(all);
    return {
      error: (message, given) => log('error', inherited, message, given),
      warn: (message, given) => log('warn', inherited, message, given),
      info: (message, given) => log('info', inherited, message, given),
      debug: (message, given) => log('debug', inherited, message, given),
      child: (more) => loggerWith([...all, more]),
    };
  }

  return { ...loggerWith([meta]), addRedactions: (values) => redactor.add(values) };
}

const reserved = ['level', 'timestamp', 'message'];

/** A field must not stand beside pino's own under the same name: readers of JSON take the last one. */
function withoutReserved(fields: JsonObject): JsonObject {
  if (!reserved.some((name) => name in fields)) return fields;
  const entries = Object.entries(fields).map(
    ([key, value]) => [reserved.includes(key) ? `${key}_` : key, value] as const,
  );
  return Object.fromEntries(entries);
}

function destination(
  format: 'text' | 'json',
  write: ((line: string) => void) | undefined,
): DestinationStream {
  if (format === 'json') return write ? { write } : pino.destination({ fd: 1, sync: true });
  const useColor = !write && process.stdout.isTTY && process.stdout.hasColors();
  const out = write ?? ((line: string) => process.stdout.write(line));
  return { write: (line) => out(terminalLine(JSON.parse(line) as JsonObject, useColor)) };
}
