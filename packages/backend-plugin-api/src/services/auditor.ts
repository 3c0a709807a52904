/** The service `core.auditor`: a record of acts that somebody may have to answer for. */
import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../config/config.ts';
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';
import { coreServices } from './coreServices.ts';

/** What happened, or is about to. @public */
export interface AuditorEventOptions {
  /** In kebab case, for example `token-revoke`. */
  eventId: string;
  /** Default: `low`. */
  severityLevel?: 'low' | 'medium' | 'high' | 'critical';
  /** Whose credentials and address the host may record. */
  request?: IncomingMessage;
  /** No secrets. */
  meta?: JsonObject;
}

/** An event under way. Call one of both, once. @public */
export interface AuditorEvent {
  success(options?: { meta?: JsonObject }): Promise<void>;
  fail(options: { error: Error; meta?: JsonObject }): Promise<void>;
}

/** The auditor of the plugin that depends on it. @public */
export interface AuditorService {
  createEvent(options: AuditorEventOptions): Promise<AuditorEvent>;
}

/**
 * A Backstage backend has one. Comes with its own default on every other host: a line in the plugin's log for how each
 * event ended, with `isAuditEvent` to find it by.
 *
 * @public
 */
export const auditorServiceRef = createServiceRef<AuditorService>({
  id: 'core.auditor',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: { logger: coreServices.logger, plugin: coreServices.pluginMetadata },
      factory: ({ logger, plugin }): AuditorService => ({
        async createEvent({ eventId, severityLevel = 'low', meta: known }) {
          const message = `${plugin.getId()}.${eventId}`;
          const fields = (status: string, meta?: JsonObject): JsonObject => ({
            isAuditEvent: true,
            status,
            severityLevel,
            ...known,
            ...meta,
          });
          return Promise.resolve({
            async success({ meta } = {}) {
              logger.info(message, fields('succeeded', meta));
              return Promise.resolve();
            },
            async fail({ error, meta }) {
              logger.error(message, { ...fields('failed', meta), error: `${error.name}: ${error.message}` });
              return Promise.resolve();
            },
          });
        },
      }),
    }),
});
