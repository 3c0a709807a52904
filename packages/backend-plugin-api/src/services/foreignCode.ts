/**
 * The service `vestibule.guestCode`: tells whose code threw where nobody can catch it, in a callback of a timer or a
 * socket. Such an exception belongs to the process, and ends it, unless whoever watches the process knows better.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/** Runs code of others whose faults are to stay theirs. @public */
export interface ForeignCodeService {
  /**
   * Runs an act of somebody's. It also rejects with what that code, or anything it has begun, throws where nobody can
   * catch it, as far as whoever watches the process hands it over.
   *
   * @param who - For the log, for example `the provider module of 'gitlab'`.
   */
  run<T>(who: string, act: () => Promise<T>): Promise<T>;
  /** Runs an act of the host's own that such code has asked for: what it begins is the host's again. */
  leave<T>(act: () => T): T;
  /**
   * Hands over what nobody caught, at `uncaughtException` or `unhandledRejection`. The act it came from rejects, where it
   * is still under way.
   *
   * @returns Whose it was; `undefined` where it came from no such code.
   */
  claim(thrown: unknown): string | undefined;
}

/** Comes with its own default on every host. Only the `vestibule` command hands anything over. @public */
export const foreignCodeServiceRef = createServiceRef<ForeignCodeService>({
  id: 'vestibule.guestCode',
  scope: 'root',
  defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: createForeignCode }),
});

interface Guest {
  readonly who: string;
  fail(thrown: unknown): void;
}

function createForeignCode(): ForeignCodeService {
  const guests = new AsyncLocalStorage<Guest | undefined>();
  return {
    run: async (who, act) =>
      new Promise((resolve, reject) => {
        guests.run({ who, fail: reject }, async () => act()).then(resolve, reject);
      }),
    leave: (act) => guests.run(undefined, act),
    claim(thrown) {
      const guest = guests.getStore();
      guest?.fail(thrown);
      return guest?.who;
    },
  };
}
