/**
 * Keeps calls away from private networks, wherever a URL that a stranger chose would lead (server-side request forgery;
 * OWASP ASVS 5.0, 1.3.6). A name is looked up for each connection, and what was looked up and judged is what is connected
 * to: a second answer of the DNS ("rebinding") is judged in its turn.
 */
import { lookup as lookUpBySystem } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopback } from '@vestibule/backend-plugin-api';
import { OutboundError } from './errors.ts';
import { inTurn, type ResolveHost } from './inTurn.ts';
import { isPublicAddress } from './publicAddress.ts';

/** @see createAddressGuard */
export interface AddressGuard {
  /**
   * Judges the host of a URL. A proxy finds the address itself, so this is all that can be said before.
   *
   * @throws OutboundError `ERR_OUTBOUND_ADDRESS_NOT_PUBLIC`; what the look-up throws.
   */
  check(url: URL): Promise<void>;
  /** For sockets. Fails as `check` does. */
  readonly lookup: LookupFunction;
}

/** The guard. One address that is not public makes the name refused, though others may be. */
export function createAddressGuard({
  resolve = resolveBySystem,
  isAllowed = isPublicAddress,
}: { resolve?: ResolveHost | undefined; isAllowed?: (address: string) => boolean } = {}): AddressGuard {
  const lookUp = inTurn(resolve);

  async function judged(hostname: string): Promise<readonly string[]> {
    const addresses = isIP(hostname) === 0 ? await lookUp(hostname) : [hostname];
    if (addresses.length > 0 && addresses.every(isAllowed)) return addresses;
    throw notPublic(hostname);
  }

  return {
    async check(url) {
      // Names under localhost too, which not every system knows (RFC 6761 section 6.3).
      if (isLoopback(url)) throw notPublic(url.hostname);
      await judged(url.hostname.replace(/^\[(.*)\]$/, '$1'));
    },
    lookup(hostname, options, callback) {
      judged(hostname).then(
        (addresses) => {
          const found = addresses.map((address) => ({ address, family: isIP(address) }));
          if (options.all === true) return callback(null, found);
          return callback(null, found[0]?.address ?? '', found[0]?.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, ''),
      );
    },
  };
}

function notPublic(hostname: string): OutboundError {
  return new OutboundError(
    'ERR_OUTBOUND_ADDRESS_NOT_PUBLIC',
    `The host '${hostname}' has an address that is not public`,
  );
}

async function resolveBySystem(hostname: string): Promise<string[]> {
  return (await lookUpBySystem(hostname, { all: true })).map(({ address }) => address);
}
