/** Modules: features that extend one plugin through its extension points. */
import type { ConfigSchema } from '../config/configSchema.ts';
import { createRegistrations, type RegistrationPoints } from './createRegistrations.ts';
import type { RegistrationsFeature } from './registrations.ts';

/**
 * Creates a module, ready for `backend.add(…)`. Its init runs before the init of its plugin.
 *
 * @param options - `pluginId`: the plugin it extends. `moduleId`: unique among that plugin's modules. `configSchema` and
 *   `register`: as for a plugin.
 * @throws `ERR_FEATURE_ID_INVALID` at once; the other `ERR_FEATURE_…` codes at start-up.
 * @public
 */
export function createBackendModule(options: {
  pluginId: string;
  moduleId: string;
  configSchema?: ConfigSchema;
  register(points: RegistrationPoints): void;
}): RegistrationsFeature {
  return createRegistrations(options);
}
