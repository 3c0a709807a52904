/** Lets the command see what only the services of its backend know: the config, the logger, the address. */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  guestCodeServiceRef,
  type Config,
  type GuestCodeService,
  type LoggerService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { httpServerServiceRef } from '@vestibule/backend-defaults';

/** A feature to add, and what it sees once the backend has made its root services. */
export interface BackendObserver {
  readonly feature: ServiceFactory;
  config(): Config | undefined;
  logger(): LoggerService | undefined;
  /** See `GuestCodeService.claim`. */
  claim(thrown: unknown): string | undefined;
  /** `backend.baseUrl`, or where the backend listens. */
  url(): string;
}

export function observeBackend(): BackendObserver {
  let config: Config | undefined;
  let logger: LoggerService | undefined;
  let guests: GuestCodeService | undefined;
  let url: (() => string) | undefined;
  const feature = createServiceFactory({
    service: createServiceRef<{ readonly isObserved: true }>({ id: 'vestibule.cli', scope: 'root' }),
    deps: {
      rootConfig: coreServices.rootConfig,
      rootLogger: coreServices.rootLogger,
      server: httpServerServiceRef,
      guestCode: guestCodeServiceRef,
    },
    factory({ rootConfig, rootLogger, server, guestCode }) {
      config = rootConfig;
      logger = rootLogger;
      guests = guestCode;
      url = () =>
        rootConfig.getOptionalString('backend.baseUrl') ?? `http://localhost:${server.address().port}`;
      return { isObserved: true } as const;
    },
  });
  return {
    feature,
    config: () => config,
    logger: () => logger,
    claim: (thrown) => guests?.claim(thrown),
    url: () => url?.() ?? '',
  };
}
