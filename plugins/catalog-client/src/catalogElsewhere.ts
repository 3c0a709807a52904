/** Whether the config names another backend for the catalog. */
import type { Config } from '@vestibule/backend-plugin-api';

/** Whether an entry of `discovery.endpoints` is for the plugin `catalog`. @public */
export function isCatalogElsewhere(config: Pick<Config, 'getOptional'>): boolean {
  const endpoints = config.getOptional('discovery.endpoints');
  if (!Array.isArray(endpoints)) return false;
  return endpoints.some((endpoint) => {
    const plugins: unknown = (endpoint as { plugins?: unknown } | null)?.plugins;
    return Array.isArray(plugins) && plugins.includes('catalog');
  });
}
