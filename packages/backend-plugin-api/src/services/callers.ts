/** The service `vestibule.callers`: whom a request comes from, for limits, where something better than an address is known. */
import type { IncomingMessage } from 'node:http';
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/**
 * Gives the name of whoever sends a request, or `undefined` where it cannot tell. It runs before everything else, so it
 * must be quick, ask nobody, and name only callers who cannot make up names for themselves: each gets a limit of its own.
 *
 * @public
 */
export type IdentifyCaller = (request: IncomingMessage) => string | undefined;

/**
 * Rate limits ask it first and fall back to the address, so that an office behind one address is not punished for one of
 * its machines. Who keeps sessions tells here how to know them.
 *
 * @example
 * ```ts
 * callers.identifyBy((request) => sessionOf(request.headers.cookie)?.id);
 * ```
 * @public
 */
export interface CallersService {
  identifyBy(identify: IdentifyCaller): void;
  /** What the first that knows the caller says. */
  identify: IdentifyCaller;
}

/** Comes with its own default on every host; a host that does not ask it limits by address. @public */
export const callersServiceRef = createServiceRef<CallersService>({
  id: 'vestibule.callers',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => createCallers() }),
});

function createCallers(): CallersService {
  const all: IdentifyCaller[] = [];
  return {
    identifyBy: (identify) => void all.push(identify),
    identify(request) {
      for (const identify of all) {
        const caller = identify(request);
        if (caller !== undefined) return caller;
      }
      return undefined;
    },
  };
}
