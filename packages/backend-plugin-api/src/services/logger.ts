/** The services `core.rootLogger` and `core.logger`. */
import type { JsonObject } from '../config/config.ts';

/** Writes log lines. Values marked secret in config schemas, and header and token fields, are redacted. @public */
export interface LoggerService {
  error(message: string, meta?: Error | JsonObject): void;
  warn(message: string, meta?: Error | JsonObject): void;
  info(message: string, meta?: Error | JsonObject): void;
  debug(message: string, meta?: Error | JsonObject): void;
  /** A logger that adds `meta` to every line. */
  child(meta: JsonObject): LoggerService;
}

/** The root logger; plugins receive a child of it that names them. @public */
export type RootLoggerService = LoggerService;

/** A root logger that can be told which values it must not write. @public */
export interface RedactingLogger extends RootLoggerService {
  /** The boot tells it the values that config schemas mark as secret, before any plugin runs. */
  addRedactions(values: Iterable<string>): void;
}

/** Whether a root logger can be told which values it must not write; a replaced one may lack it. @public */
export function isRedactingLogger(logger: RootLoggerService): logger is RedactingLogger {
  return typeof (logger as Partial<RedactingLogger>).addRedactions === 'function';
}
