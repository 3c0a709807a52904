/**
 * The handlers of a hosted Backstage module, and what its factory goes on with in the background. Backstage's OIDC module
 * asks for the provider's metadata there, once: unwatched, a provider that is away at that moment would end the process, as
 * any rejection that nobody handles does, and the module would go on failing after the provider is back.
 */
import { createHook } from 'node:async_hooks';
import type { ClockService, ForeignCodeService } from '@vestibule/backend-plugin-api';
import type { BackstageRouteHandlers } from '@vestibule/plugin-auth-node';
import { endOfAnswer } from './exchange.ts';

/** So often at most a module is made anew, that each time asks its provider. */
const pauseMilliseconds = 10_000;

/**
 * Makes the handlers, now and whenever they are asked for after something in the background has failed.
 *
 * @param options - `make` calls the module's factory. `onFailure` hears of each failure in the background.
 * @throws what `make` throws at first.
 */
export function moduleHandlers(options: {
  make: () => BackstageRouteHandlers;
  onFailure: (reason: unknown) => void;
  clock: ClockService;
}): () => BackstageRouteHandlers {
  const { make, onFailure, clock } = options;
  let hasFailed = false;
  let madeAt = clock.now();

  function makeWatched(): BackstageRouteHandlers {
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
    if (hasFailed && clock.now() - madeAt >= pauseMilliseconds) {
      hasFailed = false;
      madeAt = clock.now();
      try {
        handlers = makeWatched();
      } catch (reason) {
        // Those of before go on failing, and are made anew after the next pause.
        hasFailed = true;
        onFailure(reason);
      }
    }
    return handlers;
  };
}

/** The handlers, each of which also fails with what the module throws where nobody can catch it. */
export function guardedHandlers(
  handlers: BackstageRouteHandlers,
  { who, foreignCode }: { who: string; foreignCode: ForeignCodeService },
): BackstageRouteHandlers {
  const { refresh, logout } = handlers;
  const guarded =
    (handle: BackstageRouteHandlers['start']): BackstageRouteHandlers['start'] =>
    async (request, response) =>
      foreignCode.run(who, async () => {
        await handle.call(handlers, request, response);
        await endOfAnswer(response);
      });
  return {
    start: guarded(handlers.start),
    frameHandler: guarded(handlers.frameHandler),
    ...(refresh && { refresh: guarded(refresh) }),
    ...(logout && { logout: guarded(logout) }),
  };
}

/** @throws where a factory gave no handlers, as one does that was written for another kind of provider. */
export function usableHandlers(given: unknown): BackstageRouteHandlers {
  const handlers = (given ?? {}) as Partial<Record<keyof BackstageRouteHandlers, unknown>>;
  const missing = (['start', 'frameHandler'] as const).find((name) => typeof handlers[name] !== 'function');
  if (missing === undefined) return given as BackstageRouteHandlers;
  if (given instanceof Promise) {
    given.catch(() => undefined); // Whatever it ends with, nobody waits for it.
    throw new TypeError('the factory of its module answers with a promise, where it must give handlers');
  }
  throw new TypeError(`the factory of its module gave no handlers: there is no ${missing}()`);
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
