/** Lets the command see what only the services of its backend know: the config, the logger, the address. */
import {
  coreServices,
  createBackendFeatureLoader,
  createServiceFactory,
  createServiceRef,
  foreignCodeServiceRef,
  runtimeModeServiceRef,
  type Config,
  type ConfigSchema,
  type FeatureLoader,
  type ForeignCodeService,
  type LoggerService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { configReloadServiceRef, httpServerServiceRef } from '@vestibule/backend-defaults';

/** Features to add, and what they see: the config and the mode early, also of a start that is refused, the rest with the root services. */
export interface BackendObserver {
  readonly features: readonly (ServiceFactory | FeatureLoader)[];
  config(): Config | undefined;
  isProduction(): boolean;
  logger(): LoggerService | undefined;
  /** See `ForeignCodeService.claim`. */
  claim(thrown: unknown): string | undefined;
  /** `backend.baseUrl`, or where the backend listens. */
  url(): string;
  /** Reads the config again. Nothing, before the root services are there. */
  reload(): void;
}

export function observeBackend(): BackendObserver {
  let config: Config | undefined;
  let isProduction = false;
  let logger: LoggerService | undefined;
  let foreignCodeOf: ForeignCodeService | undefined;
  let url: (() => string) | undefined;
  let reload: (() => Promise<void>) | undefined;
  const early = createBackendFeatureLoader({
    description: 'observer of the command',
    deps: { rootConfig: coreServices.rootConfig, mode: runtimeModeServiceRef },
    configSchema: anything,
    loader({ rootConfig, mode }) {
      config = rootConfig;
      isProduction = mode.isProduction;
      return [];
    },
  });
  const feature = createServiceFactory({
    service: createServiceRef<{ readonly isObserved: true }>({ id: 'vestibule.cli', scope: 'root' }),
    deps: {
      rootConfig: coreServices.rootConfig,
      rootLogger: coreServices.rootLogger,
      server: httpServerServiceRef,
      foreignCode: foreignCodeServiceRef,
      configReload: configReloadServiceRef,
    },
    factory({ rootConfig, rootLogger, server, foreignCode, configReload }) {
      reload = async () => configReload.reload();
      logger = rootLogger;
      foreignCodeOf = foreignCode;
      url = () =>
        rootConfig.getOptionalString('backend.baseUrl') ?? `http://localhost:${server.address().port}`;
      return { isObserved: true } as const;
    },
  });
  return {
    features: [early, feature],
    config: () => config,
    isProduction: () => isProduction,
    logger: () => logger,
    claim: (thrown) => foreignCodeOf?.claim(thrown),
    url: () => url?.() ?? '',
    reload: () => void reload?.(),
  };
}

/** So that a config with faults is shown all the same: it is right in whatever this looks at. */
const anything: ConfigSchema = {
  '~standard': {
    version: 1,
    vendor: 'vestibule',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ type: 'object', properties: {} }) },
  },
};
