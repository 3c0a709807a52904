/** The service `core.rootConfig`. The only place that reads the environment of the process. */
import { parseArgs } from 'node:util';
import {
  coreServices,
  createServiceFactory,
  type Config,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { loadConfig, type ConfigSources } from './loadConfig.ts';

/**
 * A factory for `core.rootConfig`, ready for `backend.add(…)`.
 *
 * @example
 * ```ts
 * backend.add(createRootConfigFactory({ files: ['app-config.yaml', 'app-config.production.yaml'] }));
 * backend.add(createRootConfigFactory({ data: { backend: { baseUrl: 'http://localhost:7007' } } }));
 * ```
 * @public
 */
export function createRootConfigFactory(sources: ConfigSources = {}): ServiceFactory {
  return factoryOf(() => sources);
}

/**
 * Reads the config as `core.rootConfig` does, for tools that run no backend.
 *
 * @throws ConfigError `ERR_CONFIG_INVALID` with every problem.
 * @example
 * ```ts
 * const config = await readRootConfig({ files: ['app-config.yaml'] });
 * ```
 * @public
 */
export async function readRootConfig(sources: ConfigSources = {}): Promise<Config> {
  return loadConfig({
    ...sources,
    environment: sources.environment ?? (sources.data ? {} : process.env),
    directory: sources.directory ?? process.cwd(),
  });
}

/**
 * The default: the files named by `--config FILE` on the command line, else the `app-config` files of the working
 * directory; then the environment.
 *
 * @public
 */
export const rootConfigServiceFactory: ServiceFactory = factoryOf(() => {
  const { values } = parseArgs({ options: { config: { type: 'string', multiple: true } }, strict: false });
  const files = (values.config ?? []).filter((file) => typeof file === 'string');
  return files.length > 0 ? { files } : {};
});

function factoryOf(sources: () => ConfigSources): ServiceFactory {
  return createServiceFactory({
    service: coreServices.rootConfig,
    deps: {},
    factory: async () => readRootConfig(sources()),
  });
}
