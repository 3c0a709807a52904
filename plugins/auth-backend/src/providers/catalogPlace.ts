/** Which catalog resolvers will ask, as far as the config and what was added tell before it is asked. */
import { asObject, type AddedPartsService, type Config } from '@vestibule/backend-plugin-api';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';

/** The catalog, or that there is none. */
export interface CatalogPlace {
  readonly isThere: boolean;
  /** As people call it. */
  readonly says: string;
}

/** What to do where there is none. */
export const howToNameOne =
  "Name a catalog: its backend under discovery.endpoints, with 'plugins: [catalog]', or a file of entities at fileCatalog.path.";

/** On a host where every part counts as added, there is one. */
export function catalogPlaceOf(config: Config, isAdded: AddedPartsService['isAdded']): CatalogPlace {
  if (isAdded({ service: catalogServiceRef.id })) return { isThere: true, says: 'the catalog' };
  const { path } = asObject(config.getOptional('fileCatalog'));
  if (typeof path === 'string' && path !== '') return { isThere: true, says: `the catalog file ${path}` };
  if (isEndpointNamed(config)) return { isThere: true, says: 'the catalog of discovery.endpoints' };
  if (isAdded({ plugin: 'catalog' })) return { isThere: true, says: 'the catalog of this backend' };
  return { isThere: false, says: 'no catalog is named' };
}

/** For the plugin, or for any. The config may be wrong in any way. */
function isEndpointNamed(config: Config): boolean {
  const { endpoints } = asObject(config.getOptional('discovery'));
  return (Array.isArray(endpoints) ? endpoints : []).some((endpoint: unknown) => {
    const { plugins } = asObject(endpoint);
    return Array.isArray(plugins) && (plugins.includes('catalog') || plugins.includes('*'));
  });
}
