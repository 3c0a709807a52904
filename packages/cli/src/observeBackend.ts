/** Lets the command see what only the services of its backend know: the config, the logger, the address. */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  foreignCodeServiceRef,
  type Config,
  type ForeignCodeService,
  type LoggerService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { httpServerServiceRef } from '@vestibule/backend-defaults';

/** A feature to add, and what it sees once the backend has made its root services. */
export interface BackendObserver {
  readonly feature: ServiceFactory;
  config(): Config | undefined;
  logger(): LoggerService | undefined;
  /** See `ForeignCodeService.claim`. */
  claim(thrown: unknown): string | undefined;
  /** `backend.baseUrl`, or where the backend listens. */
  url(): string;
}

export function observeBackend(): BackendObserver {
  let config: Config | undefined;
  let logger: LoggerService | undefined;
  let foreignCodeOf: ForeignCodeService | undefined;
  let url: (() => string) | undefined;
  const feature = createServiceFactory({
    service: createServiceRef<{ readonly isObserved: true }>({ id: 'vestibule.cli', scope: 'root' }),
    deps: {
      rootConfig: coreServices.rootConfig,
      rootLogger: coreServices.rootLogger,
      server: httpServerServiceRef,
      foreignCode: foreignCodeServiceRef,
    },
    factory({ rootConfig, rootLogger, server, foreignCode }) {
      config = rootConfig;
      logger = rootLogger;
      foreignCodeOf = foreignCode;
      url = () =>
        rootConfig.getOptionalString('backend.baseUrl') ?? `http://localhost:${server.address().port}`;
      return { isObserved: true } as const;
    },
  });
  return {
    feature,
    config: () => config,
    logger: () => logger,
    claim: (thrown) => foreignCodeOf?.claim(thrown),
    url: () => url?.() ?? '',
  };
}
