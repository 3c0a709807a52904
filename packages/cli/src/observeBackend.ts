/** Lets the command see what only the services of its backend know: the address, and the logger. */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type LoggerService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { httpServerServiceRef } from '@vestibule/backend-defaults';

/** A feature to add, and what it sees once the backend has made its root services. */
export interface BackendObserver {
  readonly feature: ServiceFactory;
  logger(): LoggerService | undefined;
  /** `backend.baseUrl`, or where the backend listens. */
  url(): string;
}

export function observeBackend(): BackendObserver {
  let logger: LoggerService | undefined;
  let url: (() => string) | undefined;
  const feature = createServiceFactory({
    service: createServiceRef<{ readonly isObserved: true }>({ id: 'vestibule.cli', scope: 'root' }),
    deps: {
      config: coreServices.rootConfig,
      rootLogger: coreServices.rootLogger,
      server: httpServerServiceRef,
    },
    factory({ config, rootLogger, server }) {
      logger = rootLogger;
      url = () => config.getOptionalString('backend.baseUrl') ?? `http://localhost:${server.address().port}`;
      return { isObserved: true } as const;
    },
  });
  return { feature, logger: () => logger, url: () => url?.() ?? '' };
}
