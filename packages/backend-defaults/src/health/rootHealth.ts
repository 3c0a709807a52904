/** `core.rootHealth`: alive while the process answers, ready from the end of the start to the begin of the shutdown. */
import { coreServices, createServiceFactory, type RootHealthService } from '@vestibule/backend-plugin-api';

/** Where probes ask; Backstage's path. */
export const readinessPath = '/.backstage/health/v1/readiness';

/** @public */
export const rootHealthServiceFactory = createServiceFactory({
  service: coreServices.rootHealth,
  deps: { lifecycle: coreServices.rootLifecycle },
  factory({ lifecycle }): RootHealthService {
    let notReady: string | undefined = 'Backend has not started yet';
    lifecycle.addStartupHook(() => {
      notReady = undefined;
    });
    // Before anything closes, so that load balancers send requests elsewhere while these are still answered.
    lifecycle.addBeforeShutdownHook(() => {
      notReady = 'Backend is shutting down';
    });
    return {
      getLiveness: async () => ({ status: 200, payload: { status: 'ok' } }),
      getReadiness: async () =>
        notReady === undefined
          ? { status: 200, payload: { status: 'ok' } }
          : { status: 503, payload: { message: notReady, status: 'error' } },
    };
  },
});
