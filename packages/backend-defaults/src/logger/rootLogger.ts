/** The services `core.rootLogger` and `core.logger`. */
import {
  coreServices,
  createServiceFactory,
  readConfig,
  type JsonValue,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { createRootLogger, type LogLevel } from './createRootLogger.ts';
import { isSensitiveName } from './logFields.ts';

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
});

const configSchema = z.object({ backend: z.object({ logger: loggerConfig.optional() }).optional() });

/**
 * Writes to the standard output as `backend.logger` says: `level` (`error`, `warn`, `info`, `debug`; default `info`;
 * the environment variable `LOG_LEVEL` wins), `format` (`text` or `json`; default `text` on a terminal), `meta` (fields
 * of every line).
 *
 * @public
 */
export const rootLoggerServiceFactory: ServiceFactory = createServiceFactory({
  service: coreServices.rootLogger,
  deps: { config: coreServices.rootConfig },
  configSchema,
  factory({ config }) {
    const { backend } = readConfig({ config, schema: configSchema, owner: "service 'core.rootLogger'" });
    const { level = 'info', format, meta, overrides } = backend?.logger ?? {};
    const logger = createRootLogger({
      level: levels[level],
      ...(format && { format }),
      ...(meta && { meta }),
    });
    logger.addRedactions(credentialsIn(config.getOptional()));
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

/**
 * The texts in the config under keys named like credentials. They are redacted from the first line on, also where no
 * schema marks them: in parts that others check, and before the boot has told what the schemas mark.
 */
export function credentialsIn(value: JsonValue | undefined, isNamed = false): string[] {
  if (typeof value === 'string') return isNamed ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => credentialsIn(item, isNamed));
  return Object.entries(value).flatMap(([key, member]) => credentialsIn(member, isNamed || isSensitiveName(key)));
}
