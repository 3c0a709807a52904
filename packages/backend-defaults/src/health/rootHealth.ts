/**
 * `core.rootHealth`: alive while the process answers, ready from the end of the start to the begin of the shutdown, unless some
 * part has said why the backend is of no use, or what it uses is away: then it is 503 with the reason, so that a rollout stops before it replaces what
 * works.
 */
import {
  coreServices,
  createServiceFactory,
  readinessServiceRef,
  type RootHealthService,
} from '@vestibule/backend-plugin-api';

/** Where probes ask; Backstage's path. */
export const readinessPath = '/.backstage/health/v1/readiness';

/** @public */
export const rootHealthServiceFactory = createServiceFactory({
  service: coreServices.rootHealth,
  deps: { lifecycle: coreServices.rootLifecycle, readiness: readinessServiceRef },
  factory({ lifecycle, readiness }): RootHealthService {
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
      async getReadiness() {
        const reasons = notReady === undefined ? await readiness.reasons() : [notReady];
        if (reasons.length === 0) return { status: 200, payload: { status: 'ok' } };
        return { status: 503, payload: { message: reasons.join('; '), status: 'error' } };
      },
    };
  },
});
