/**
 * Chooses the catalog: the YAML file that `fileCatalog.path` names, else a Backstage catalog over HTTP. Where no other
 * backend is named for it, this one answers what is read at `/api/catalog`.
 */
import { coreServices, createBackendFeatureLoader } from '@vestibule/backend-plugin-api';
import {
  catalogClientServiceFactory,
  catalogRoutesPlugin,
  fileCatalogServiceFactory,
  isCatalogElsewhere,
} from '@vestibule/plugin-catalog-client';
import { rootKeySchema } from './loaderConfig.ts';

/** Gives way to a factory for the catalog, and to a plugin `catalog`, that is added with `backend.add(…)`. */
export const catalogLoader = createBackendFeatureLoader({
  description: 'feature loader of the catalog',
  deps: { config: coreServices.rootConfig },
  configSchema: rootKeySchema('fileCatalog', 'path', { type: 'string', fault: 'must be the path of a file' }),
  loader: ({ config }) => [
    config.has('fileCatalog.path') ? fileCatalogServiceFactory : catalogClientServiceFactory,
    ...(isCatalogElsewhere(config) ? [] : [catalogRoutesPlugin]),
  ],
});
