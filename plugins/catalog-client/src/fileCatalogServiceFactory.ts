/** Wires a YAML file as the catalog of a backend. */
import { access, constants, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  asObject,
  configProblemAt,
  coreServices,
  createServiceFactory,
  isLocatedConfig,
  readConfig,
  withConfigJudge,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
  type RootConfigService,
} from '@vestibule/backend-plugin-api';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { FileCatalogError } from './errors.ts';
import { withRelations } from './file/entityRelations.ts';
import { createInMemoryCatalog } from './file/inMemoryCatalog.ts';
import { readCatalogFile } from './file/readCatalogFile.ts';

const configSchema = z.object({
  fileCatalog: z.object({
    /** A YAML file of entities, relative to the working directory. */
    path: z.string().min(1),
  }),
});

/**
 * A catalog from the YAML file that `fileCatalog.path` names, relative to the working directory. It is read once, at
 * start-up; relations are computed from the specs.
 *
 * Start-up fails with `ERR_FILE_CATALOG_UNREADABLE`, or with `ERR_FILE_CATALOG_INVALID`, which lists everything that is
 * wrong in the file with line and column.
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
  configSchema: withConfigJudge(configSchema, judgeFile),
  async createRootContext({ rootConfig, rootLogger }) {
    const { fileCatalog } = readConfig({
      config: rootConfig,
      schema: configSchema,
      owner: 'the file catalog',
    });
    const file = fileCatalog.path;
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

/** That it is there. What is wrong in it is told when it is read. */
async function judgeFile({ config, isOnSite }: ConfigJudgeContext): Promise<ConfigJudgeFindings> {
  const { path } = asObject(config.getOptional('fileCatalog'));
  if (!isOnSite || typeof path !== 'string' || path === '') return {};
  try {
    await access(resolve(path), constants.R_OK);
    return {};
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    const problem = configProblemAt(config, 'fileCatalog.path', {
      code: 'ERR_FILE_CATALOG_UNREADABLE',
      what: `names '${path}', which cannot be read (${code})`,
      suggestion: 'A relative path starts at the working directory of the backend, not at the config file.',
    });
    return { problems: [problem] };
  }
}

async function readText(file: string, config: RootConfigService): Promise<string> {
  try {
    return await readFile(resolve(file), 'utf8');
  } catch (cause) {
    const place = isLocatedConfig(config) ? config.locate(['fileCatalog', 'path']) : undefined;
    const from = `fileCatalog.path${place ? ` at ${place.file}:${place.line}:${place.column}` : ''}`;
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
