/** The services `core.rootLogger` and `core.logger`. */
import {
  clockServiceRef,
  coreServices,
  createServiceFactory,
  credentialsIn,
  readConfig,
  type JsonObject,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { createRootLogger, type LogLevel } from './createRootLogger.ts';

/** The levels that other loggers know, and ours. */
const levels = {
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  fatal: 'error',
  http: 'debug',
  verbose: 'debug',
  silly: 'debug',
  trace: 'debug',
} as const satisfies Record<string, LogLevel>;

const loggerConfig = z.object({
  level: z.enum(Object.keys(levels) as [keyof typeof levels]).default('info'),
  format: z.enum(['text', 'json']).optional(),
  meta: z.record(z.string(), z.json()).optional(),
  overrides: z.array(z.unknown()).optional(),
  /** Values of secrets that may be written. */
  redactAllowlist: z.array(z.string()).optional(),
});

const configSchema = z.object({ backend: z.object({ logger: loggerConfig.optional() }).optional() });

/**
 * Writes to the standard output as `backend.logger` says: `level` (`error`, `warn`, `info`, `debug`; default `info`;
 * the environment variable `LOG_LEVEL` wins), `format` (`text` or `json`; default `text` on a terminal), `meta` (fields
 * of every line), `redactAllowlist` (values that are written although a secret in the config is the same).
 *
 * @public
 */
export const rootLoggerServiceFactory: ServiceFactory = createServiceFactory({
  service: coreServices.rootLogger,
  deps: { config: coreServices.rootConfig, clock: clockServiceRef },
  configSchema,
  factory({ config, clock }) {
    const { backend } = readConfig({ config, schema: configSchema, owner: "service 'core.rootLogger'" });
    const { level = 'info', format, meta, overrides, redactAllowlist } = backend?.logger ?? {};
    const logger = createRootLogger({
      level: levels[level],
      clock,
      config: config.getOptional<JsonObject>() ?? {},
      ...(format && { format }),
      ...(meta && { meta }),
      ...(redactAllowlist && { redactAllowlist }),
    });
    const redact = (): void => logger.addRedactions(credentialsIn(config.getOptional()));
    redact();
    // Secrets that are read again are secrets too. Nobody uses them before: this is the first who follows.
    config.subscribe?.(redact);
    if (overrides) logger.warn('backend.logger.overrides has no effect here');
    return logger;
  },
});

/** A child of the root logger that names its plugin. @public */
export const loggerServiceFactory: ServiceFactory = createServiceFactory({
  service: coreServices.logger,
  deps: { rootLogger: coreServices.rootLogger, plugin: coreServices.pluginMetadata },
  factory: ({ rootLogger, plugin }) => rootLogger.child({ plugin: plugin.getId() }),
});
