/** The zod schema of a duration in a provider's keys. */
import { durationToMilliseconds } from '@vestibule/backend-plugin-api';
import { z } from 'zod';

const message = "must be a duration, for example '1h' or { hours: 1 }";

/**
 * Reads `'1h'`, `'PT1H'` or `{ hours: 1 }`, as everywhere in the config, and gives milliseconds; 0 is allowed.
 *
 * @example
 * ```ts
 * z.object({ timeout: durationSchema.default(10_000) });
 * ```
 * @public
 */
export const durationSchema = z
  .union([z.string(message), z.record(z.string(), z.union([z.number(), z.string()]), message)])
  .transform((value, context) => {
    const milliseconds = durationToMilliseconds(value);
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
