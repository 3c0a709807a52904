/**
 * The address of the caller, past the proxies that `backend.trustProxy` trusts, with the meanings of Express's setting
 * "trust proxy" (https://expressjs.com/en/guide/behind-proxies.html).
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { InputError, loopbackSubnets } from '@vestibule/backend-plugin-api';
import type { HttpConfig } from './httpConfig.ts';

/** Tells who called. An address that cannot be known any more (the caller is gone) is the empty text. */
export type ClientAddress = (request: IncomingMessage) => string;

/** Whether to look past the hop with this address. The server's own neighbour is hop 0. */
type Trust = (address: string, hop: number) => boolean;

/** Prepares reading addresses. */
export function createClientAddress(trustProxy: HttpConfig['trustProxy']): ClientAddress {
  const trust = trustFrom(trustProxy);
  if (!trust) return (request) => plainAddress(request.socket.remoteAddress ?? '');
  return (request) => {
    let address = plainAddress(request.socket.remoteAddress ?? '');
    const forwarded = request.headers['x-forwarded-for'];
    const hops = forwarded === undefined ? [] : [forwarded].flat().join(',').split(',').reverse();
    for (const [hop, next] of hops.entries()) {
      if (!trust(address, hop)) break;
      const candidate = plainAddress(next.trim());
      // What is no address was not written by a proxy worth trusting.
      if (isIP(candidate) === 0) break;
      address = candidate;
    }
    return address;
  };
}

function trustFrom(trustProxy: HttpConfig['trustProxy']): Trust | undefined {
  if (trustProxy === undefined || trustProxy === false || trustProxy === 0) return undefined;
  if (trustProxy === true) return () => true;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  const list = addressList(namesOfTrusted(trustProxy) ?? [], 'backend.trustProxy');
  return (address) => list(address);
}

/** The addresses, subnets and names that the setting lists; `undefined` where it says no more than how many. */
export function namesOfTrusted(trustProxy: HttpConfig['trustProxy']): string[] | undefined {
  if (typeof trustProxy !== 'string' && !Array.isArray(trustProxy)) return undefined;
  return [trustProxy].flat().flatMap((text) => text.split(',').map((name) => name.trim()));
}

const namedRanges: Record<string, readonly string[]> = {
  loopback: loopbackSubnets,
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * Makes a test for addresses, subnets (`10.0.0.0/8`) and the names `loopback`, `linklocal` and `uniquelocal`.
 *
 * @param key - The config key, for the error about an entry that is none of these.
 */
export function addressList(entries: readonly string[], key: string): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries.flatMap((name) =>
    Object.hasOwn(namedRanges, name) ? (namedRanges[name] ?? []) : name,
  )) {
    const [address = '', prefix] = entry.split('/');
    const version = isIP(address);
    const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix);
    if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) {
      throw new InputError(
        'ERR_HTTP_ADDRESS_INVALID',
        `${key} has '${entry}', which is no address or subnet`,
      );
    }
    list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

/** An IPv4 address that arrives on an IPv6 socket is `::ffff:a.b.c.d`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
