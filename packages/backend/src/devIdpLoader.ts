/** Brings the development identity provider where `devIdp.enabled` is true, and only there. */
import {
  coreServices,
  createBackendFeatureLoader,
  formatConfigLocation,
  isLocatedConfig,
  runtimeModeServiceRef,
  type Config,
  type FeatureLoader,
  type LoadableFeature,
} from '@vestibule/backend-plugin-api';
import { DefaultBackendError } from './errors.ts';

const packageName = '@vestibule/dev-idp';

/**
 * Its package is loaded on demand, since a production install lacks it.
 *
 * @param load - Loads the package.
 */
export function devIdpLoader(
  load: () => Promise<LoadableFeature> = async () => import('@vestibule/dev-idp'),
): FeatureLoader {
  return createBackendFeatureLoader({
    deps: { config: coreServices.rootConfig, runtimeMode: runtimeModeServiceRef },
    async loader({ config, runtimeMode }) {
      if (config.getOptionalBoolean('devIdp.enabled') !== true) return [];
      if (runtimeMode.isProduction) {
        throw new DefaultBackendError(
          'ERR_DEV_IDP_IN_PRODUCTION',
          `devIdp.enabled is true in production${place(config)}, where anyone could sign in as anyone`,
          { hint: 'Remove devIdp from the config, or start with NODE_ENV=development.' },
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

/** Where it is enabled, as ` (app-config.yaml:38:12)`. */
function place(config: Config): string {
  const location = isLocatedConfig(config) ? config.locate(['devIdp', 'enabled']) : undefined;
  return location ? ` (${formatConfigLocation(location)})` : '';
}

/** Whether the package itself, and not something it needs, was not found. */
function isMissing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    String(message).includes(`'${packageName}'`)
  );
}
