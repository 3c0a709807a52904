/**
 * Looks up the names that strangers chose one at a time. The operating system looks up two at once for a whole process
 * (libuv lends them half of its four threads): name servers that do not answer, which a stranger may well have, would keep
 * every other name waiting, the identity provider's too.
 */
import { OutboundError } from './errors.ts';

const mostWaiting = 16;

/** Finds every IP address of a name. @public */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** @returns one that throws OutboundError `ERR_OUTBOUND_NETWORK` where too many wait already. */
export function inTurn(resolve: ResolveHost): ResolveHost {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  return async (hostname) => {
    if (waiting.length >= mostWaiting) {
      throw new OutboundError(
        'ERR_OUTBOUND_NETWORK',
        `The host '${hostname}' was not looked up: too many others wait for that`,
      );
    }
    if (isBusy) await new Promise<void>((proceed) => waiting.push(proceed));
    isBusy = true;
    try {
      return await resolve(hostname);
    } finally {
      const proceed = waiting.shift();
      // Who waited longest goes on, and nobody comes in between.
      if (proceed) proceed();
      else isBusy = false;
    }
  };
}
