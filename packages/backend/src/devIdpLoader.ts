/** Brings the development identity provider where `devIdp.enabled` is true, and only there. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  coreServices,
  createBackendFeatureLoader,
  configProblemAt,
  runtimeModeServiceRef,
  withProductionCheck,
  type Config,
  type ConfigProblem,
  type FeatureLoader,
  type LoadableFeature,
} from '@vestibule/backend-plugin-api';
import { DefaultBackendError } from './errors.ts';
import { rootKeySchema } from './loaderConfig.ts';

const packageName = '@vestibule/dev-idp';

/**
 * Its package is loaded on demand, since a production install lacks it.
 *
 * @param load - Loads the package.
 */
export function devIdpLoader(load: () => Promise<LoadableFeature> = loadFromProject): FeatureLoader {
  return createBackendFeatureLoader({
    description: 'feature loader of the development identity provider',
    deps: { config: coreServices.rootConfig, runtimeMode: runtimeModeServiceRef },
    configSchema: withProductionCheck(
      rootKeySchema('devIdp', 'enabled', { type: 'boolean', fault: 'must be true or false' }, ['clients']),
      (config) => (isEnabled(config) ? [inProduction(config)] : []),
    ),
    async loader({ config, runtimeMode }) {
      if (!isEnabled(config)) return [];
      if (runtimeMode.isProduction) {
        const { message, suggestion } = inProduction(config);
        throw new DefaultBackendError(
          'ERR_DEV_IDP_IN_PRODUCTION',
          message,
          suggestion === undefined ? {} : { hint: suggestion },
        );
      }
      try {
        return [await load()];
      } catch (cause) {
        if (!isMissing(cause)) throw cause;
        throw new DefaultBackendError(
          'ERR_DEV_IDP_MISSING',
          `devIdp.enabled is true, but the package ${packageName} is not installed`,
          { hint: `Install ${packageName}, or remove devIdp from the config.`, cause },
        );
      }
    },
  });
}

/**
 * The project's own package, or else the one beside this. It is no peer dependency of this package, not even an optional one:
 * npm would leave it in an installation without development dependencies.
 */
async function loadFromProject(): Promise<LoadableFeature> {
  let found: string = packageName;
  try {
    found = pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(packageName)).href;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return (await import(found)) as LoadableFeature;
}

/** A value that is no boolean is for the schema to refuse. */
function isEnabled(config: Config): boolean {
  try {
    return config.getOptionalBoolean('devIdp.enabled') === true;
  } catch {
    return false;
  }
}

function inProduction(config: Config): ConfigProblem {
  return configProblemAt(config, 'devIdp.enabled', {
    code: 'ERR_DEV_IDP_IN_PRODUCTION',
    what: 'is true in production, where anyone could sign in as anyone',
    suggestion: 'Remove devIdp from the config, and configure a real provider under auth.providers.',
  });
}

/** Whether the package itself, and not something it needs, was not found. */
function isMissing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  const said = String(message);
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    // So Node says it, and so Yarn's Plug'n'Play, which may go on with the file that it was to come from.
    (said.includes(`'${packageName}'`) || said.match(/^Required package: (\S+)/m)?.[1] === packageName)
  );
}
