/** The service `core.rootConfig`. The only place that reads the environment of the process. */
import { parseArgs } from 'node:util';
import {
  coreServices,
  createServiceFactory,
  type Config,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { createLiveConfig } from './liveConfig.ts';
import { loadConfig, readSources, type CompleteSources, type ConfigSources } from './loadConfig.ts';
import type { ConfigReading, StandIns } from './standIns.ts';

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
  return loadConfig(completed(sources));
}

function completed(sources: ConfigSources): CompleteSources {
  return {
    ...sources,
    environment: sources.environment ?? (sources.data ? {} : process.env),
    directory: sources.directory ?? process.cwd(),
  };
}

/**
 * Reads a config for looking at it: whatever is wrong with a part of it, the rest is there. With `standIns` neither the
 * environment nor what `$file` names is read.
 *
 * @example
 * ```ts
 * const { config, problems } = await readConfigWithStandIns({
 *   files: ['app-config.yaml'],
 *   standIns: { variable: (name) => `value-of-${name}`, file: () => 'text of a file' },
 * });
 * ```
 * @public
 */
export async function readConfigWithStandIns(
  sources: ConfigSources & { standIns: StandIns },
): Promise<ConfigReading> {
  return readSources({ ...sources, environment: {}, directory: sources.directory ?? process.cwd() });
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
    async factory() {
      const given = completed(sources());
      return given.data ? loadConfig(given) : createLiveConfig(given);
    },
  });
}
