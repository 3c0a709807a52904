/** The service `vestibule.readiness`: why a backend that has started is of no use all the same. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';
import { watchDependency, type ReadinessQuestion } from './watchedDependency.ts';

/**
 * What keeps the backend from being ready, beside its start and its stop. Readiness answers 503 with it, so that an orchestrator
 * keeps what ran before instead. For anybody to read: sentences without secrets.
 *
 * @example
 * ```ts
 * readiness.refuse('nobody can sign in');
 * readiness.watch({ reason: 'the database cannot be reached', ask: async () => database.raw('SELECT 1') });
 * ```
 * @public
 */
export interface ReadinessService {
  /** For as long as the backend runs. */
  refuse(reason: string): void;
  /**
   * For as long as a question fails. It is asked when somebody asks for readiness, at most once a second and never twice at
   * a time; one that has no answer after 2 s has failed. The reason is given once it has failed for 5 s, until it succeeds once.
   */
  watch(question: ReadinessQuestion): void;
  /** Of all that is refused or fails now. Waits half a second for what is asked. */
  reasons(): Promise<readonly string[]>;
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
        const refused = new Set<string>();
        const watched: ReturnType<typeof watchDependency>[] = [];
        return {
          refuse: (reason) => void refused.add(reason),
          watch: (question) => void watched.push(watchDependency(question)),
          async reasons() {
            const failing = await Promise.all(watched.map(async (reason) => reason()));
            return [...refused, ...failing.filter((reason) => reason !== undefined)];
          },
        };
      },
    }),
});
