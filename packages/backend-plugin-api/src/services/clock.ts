/** The service `vestibule.clock`: what time it is. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/** Replace it in tests to move time. @public */
export interface ClockService {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Comes with its own default, the system's clock, on every host. @public */
export const clockServiceRef = createServiceRef<ClockService>({
  id: 'vestibule.clock',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => ({ now: () => Date.now() }) }),
});
