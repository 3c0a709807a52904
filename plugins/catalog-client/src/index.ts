/**
 * Two catalogs: over HTTP against a Backstage catalog, and from a YAML file.
 *
 * @packageDocumentation
 */
export { catalogClientServiceFactory } from './catalogClientServiceFactory.ts';
export { isCatalogElsewhere } from './catalogElsewhere.ts';
export { catalogRoutesPlugin } from './catalogRoutesPlugin.ts';
export { FileCatalogError, type FileCatalogErrorCode } from './errors.ts';
export { createInMemoryCatalog } from './file/inMemoryCatalog.ts';
export { fileCatalogServiceFactory } from './fileCatalogServiceFactory.ts';
export { createCatalogClient, type CatalogClientOptions } from './http/catalogClient.ts';
