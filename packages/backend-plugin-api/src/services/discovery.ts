/** The service `core.discovery`. */

/** Where plugins are reached. @public */
export interface DiscoveryService {
  /** For calls from backend to backend, for example `http://localhost:7007/api/catalog`. No trailing slash. */
  getBaseUrl(pluginId: string): Promise<string>;
  /** For browsers: `backend.baseUrl`, or what `discovery.endpoints` says. No trailing slash. */
  getExternalBaseUrl(pluginId: string): Promise<string>;
}
