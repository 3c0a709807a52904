/**
 * Every sign-in, refresh and sign-out as a line of JSON in a file: `backend.add(import('@vestibule/example-audit-sink'))`.
 * It stands beside the default sink, so that the log and `vestibule explain` stay as they are.
 *
 * @packageDocumentation
 */
import { appendFile } from 'node:fs/promises';
import { coreServices, createServiceDecorator, readConfig } from '@vestibule/backend-plugin-api';
import { signInRecordServiceRef } from '@vestibule/plugin-auth-node';
import { z } from 'zod';

const configSchema = z.looseObject({
  auditSink: z.strictObject({ file: z.string().min(1).optional() }).optional(),
});

/** Writes to the file that `auditSink.file` names; default `audit.jsonl` in the working directory. */
const auditSink = createServiceDecorator({
  service: signInRecordServiceRef,
  name: 'audit-sink',
  deps: { config: coreServices.rootConfig, logger: coreServices.logger },
  configSchema,
  decorate(inner, { config, logger }) {
    const { auditSink: settings } = readConfig({ config, schema: configSchema, owner: 'auditSink' });
    const file = settings?.file ?? 'audit.jsonl';
    return {
      async write(finished) {
        const { at, event, outcome, code, provider, userEntityRef, reference } = finished.record;
        const line = JSON.stringify({ at, event, outcome, code, provider, userEntityRef, reference });
        // A sink never rejects: a full disk is no reason to refuse a sign-in.
        const written = appendFile(file, `${line}\n`, { mode: 0o600 }).catch((error: Error) =>
          logger.error(`a sign-in is missing in ${file}: ${reference}`, error),
        );
        await Promise.all([inner.write(finished), written]);
      },
      find: async (reference) => inner.find(reference),
    };
  },
});

export default auditSink;
