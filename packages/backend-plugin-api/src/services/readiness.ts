/** The service `vestibule.readiness`: why a backend that has started is of no use all the same. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/**
 * What keeps the backend from being ready for as long as it runs, beside its start and its stop. Readiness answers 503 with it,
 * so that an orchestrator keeps what ran before instead. For anybody to read: sentences without secrets.
 *
 * @example
 * ```ts
 * readiness.refuse('nobody can sign in');
 * ```
 * @public
 */
export interface ReadinessService {
  refuse(reason: string): void;
  reasons(): readonly string[];
}

/** Comes with its own default on every host; a host that does not ask it is ready once it has started. @public */
export const readinessServiceRef = createServiceRef<ReadinessService>({
  id: 'vestibule.readiness',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {},
      factory() {
        const reasons = new Set<string>();
        return { refuse: (reason) => void reasons.add(reason), reasons: () => [...reasons] };
      },
    }),
});
