/** Where the front end is. */
import type { Config } from '@vestibule/backend-plugin-api';

/**
 * `app.baseUrl`; without it, the backend has the front end: `backend.baseUrl`, path included, where a proxy serves it
 * under one.
 *
 * @param pluginUrl - The external address of the auth plugin, whose origin counts where the config says nothing.
 * @public
 */
export function frontEndUrl(config: Config, pluginUrl: string): string {
  return config.getOptionalString('app.baseUrl') ?? backendUrl(config, pluginUrl);
}

/** `backend.baseUrl`; without it, the origin of the plugin. @public */
export function backendUrl(config: Config, pluginUrl: string): string {
  return config.getOptionalString('backend.baseUrl') ?? new URL(pluginUrl).origin;
}
