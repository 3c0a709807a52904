/** Wires a YAML file as the catalog of a backend. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  coreServices,
  createServiceFactory,
  isLocatedConfig,
  type RootConfigService,
} from '@vestibule/backend-plugin-api';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { FileCatalogError } from './errors.ts';
import { withRelations } from './file/entityRelations.ts';
import { createInMemoryCatalog } from './file/inMemoryCatalog.ts';
import { readCatalogFile } from './file/readCatalogFile.ts';

const pathKey = 'fileCatalog.path';

/**
 * A catalog from the YAML file that `fileCatalog.path` names, relative to the working directory. It is read once, at
 * start-up; relations are computed from the specs.
 *
 * Start-up fails with `ERR_FILE_CATALOG_PATH_MISSING`, `ERR_FILE_CATALOG_UNREADABLE`, or `ERR_FILE_CATALOG_INVALID`,
 * which lists everything that is wrong in the file with line and column.
 *
 * @example
 * ```yaml
 * fileCatalog:
 *   path: catalog/people.yaml
 * ```
 * @public
 */
export const fileCatalogServiceFactory = createServiceFactory({
  service: catalogServiceRef,
  deps: { rootConfig: coreServices.rootConfig, rootLogger: coreServices.rootLogger },
  async createRootContext({ rootConfig, rootLogger }) {
    const file = filePath(rootConfig);
    const read = readCatalogFile(await readText(file, rootConfig), file);
    const { entities, danglingRefs } = withRelations(read);
    rootLogger.info(`The catalog is ${file}, with ${entities.length} entities`);
    if (danglingRefs.length > 0) {
      const more = danglingRefs.length > 5 ? ` and ${danglingRefs.length - 5} more` : '';
      rootLogger.warn(
        `${file} refers to what it does not have: ${danglingRefs.slice(0, 5).join(', ')}${more}`,
      );
    }
    return createInMemoryCatalog(entities);
  },
  factory: (_deps, catalog) => catalog,
});

function filePath(config: RootConfigService): string {
  const path = config.getOptionalString(pathKey);
  if (path) return path;
  throw new FileCatalogError('ERR_FILE_CATALOG_PATH_MISSING', `${pathKey} is missing in the config`, {
    hint: `Set ${pathKey} to a YAML file of entities, relative to the working directory.`,
  });
}

async function readText(file: string, config: RootConfigService): Promise<string> {
  try {
    return await readFile(resolve(file), 'utf8');
  } catch (cause) {
    const place = isLocatedConfig(config) ? config.locate(pathKey.split('.')) : undefined;
    const from = place ? `${pathKey} at ${place.file}:${place.line}:${place.column}` : pathKey;
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new FileCatalogError(
      'ERR_FILE_CATALOG_UNREADABLE',
      `cannot read ${file} (${reason}), named by ${from}`,
      {
        cause,
      },
    );
  }
}
