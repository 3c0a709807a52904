/** Plugins: features that do something of their own and may offer extension points. */
import type { ConfigSchema } from '../config/configSchema.ts';
import { createRegistrations, type RegistrationPoints } from './createRegistrations.ts';
import type { RegistrationsFeature } from './registrations.ts';

/**
 * Creates a plugin, ready for `backend.add(…)`.
 *
 * @param options - `pluginId`: a letter, then letters, digits and dashes; its routes live under `/api/<pluginId>`.
 *   `configSchema`: describes the parts of the root config that the plugin reads. `register`: runs once, at start-up,
 *   and must not do I/O.
 * @throws `ERR_FEATURE_ID_INVALID` at once; the other `ERR_FEATURE_…` codes at start-up.
 * @public
 */
export function createBackendPlugin(options: {
  pluginId: string;
  configSchema?: ConfigSchema;
  register(points: RegistrationPoints): void;
}): RegistrationsFeature {
  return createRegistrations(options);
}
