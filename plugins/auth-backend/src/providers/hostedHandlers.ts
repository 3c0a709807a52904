/**
 * The handlers of a hosted Backstage module, and what its factory goes on with in the background. Backstage's OIDC module
 * asks for the provider's metadata there, once: unwatched, a provider that is away at that moment would end the process, as
 * any rejection that nobody handles does, and the module would go on failing after the provider is back.
 */
import { createHook } from 'node:async_hooks';
import type { HostedRouteHandlers } from '@vestibule/plugin-auth-node';
import type { Clock } from '../clock.ts';

/** So often at most a module is made anew, that each time asks its provider. */
const pauseMilliseconds = 10_000;

/**
 * Makes the handlers, now and whenever they are asked for after something in the background has failed.
 *
 * @param options - `make` calls the module's factory. `onFailure` hears of each failure in the background.
 * @throws what `make` throws at first.
 */
export function hostedHandlers(options: {
  make: () => HostedRouteHandlers;
  onFailure: (reason: unknown) => void;
  clock: Clock;
}): () => HostedRouteHandlers {
  const { make, onFailure, clock } = options;
  let hasFailed = false;
  let madeAt = clock();

  function makeWatched(): HostedRouteHandlers {
    const { value, begun } = watchingPromises(make);
    let isKnown = false;
    for (const promise of begun) {
      promise.catch((reason: unknown) => {
        // What fails takes along whatever waits for it.
        if (!isKnown) onFailure(reason);
        isKnown = true;
        hasFailed = true;
      });
    }
    return value;
  }

  let handlers = makeWatched();
  return () => {
    if (hasFailed && clock() - madeAt >= pauseMilliseconds) {
      hasFailed = false;
      madeAt = clock();
      handlers = makeWatched();
    }
    return handlers;
  };
}

/** What an act gives, and the promises that were made while it ran. */
function watchingPromises<T>(act: () => T): { value: T; begun: readonly Promise<unknown>[] } {
  const begun: Promise<unknown>[] = [];
  const hook = createHook({
    init(_id, kind, _trigger, resource) {
      if (kind === 'PROMISE' && resource instanceof Promise) begun.push(resource);
    },
  });
  hook.enable();
  try {
    return { value: act(), begun };
  } finally {
    hook.disable();
  }
}
