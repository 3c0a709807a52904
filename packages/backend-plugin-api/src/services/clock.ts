/**
 * The service `vestibule.clock`: what time it is. All code takes the time from here, so that a test moves all of it at once.
 * How long something takes is another question: `performance.now()` answers it, which no correction of the system's clock
 * moves.
 */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/** Replace it in tests to move time. @public */
export interface ClockService {
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * The clock of the system: the default of the service. For what runs outside a backend, such as a command, and for the boot,
 * which runs before any service; everything else depends on {@link clockServiceRef}.
 *
 * @public
 */
export const systemClock: ClockService = Object.freeze({ now: () => Date.now() });

/** Comes with its own default, the system's clock, on every host. @public */
export const clockServiceRef = createServiceRef<ClockService>({
  id: 'vestibule.clock',
  scope: 'root',
  defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => systemClock }),
});
