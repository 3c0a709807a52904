/** Which addresses belong to the public internet. The tables are IANA's; what is not known to be public is not. */
import { BlockList, isIP } from 'node:net';

/** https://www.iana.org/assignments/iana-ipv4-special-registry and -multicast-addresses, and what is not in them. */
const privateVersion4 = blocks('ipv4', [
  ['0.0.0.0', 8], // this network (RFC 791 section 3.2)
  ['10.0.0.0', 8], // private use (RFC 1918)
  ['100.64.0.0', 10], // shared by a carrier's customers (RFC 6598)
  ['127.0.0.0', 8], // loopback (RFC 1122 section 3.2.1.3)
  ['168.63.129.16', 32], // Azure's own services, seen from within its machines
  ['169.254.0.0', 16], // link-local, and the metadata services of clouds (RFC 3927)
  ['172.16.0.0', 12], // private use (RFC 1918)
  ['192.0.0.0', 24], // protocol assignments (RFC 6890)
  ['192.0.2.0', 24], // documentation (RFC 5737)
  ['192.31.196.0', 24], // AS112 (RFC 7535)
  ['192.52.193.0', 24], // multicast relays (RFC 7450)
  ['192.88.99.0', 24], // relays of 6to4, deprecated (RFC 7526)
  ['192.168.0.0', 16], // private use (RFC 1918)
  ['192.175.48.0', 24], // AS112 (RFC 7534)
  ['198.18.0.0', 15], // benchmarking (RFC 2544)
  ['198.51.100.0', 24], // documentation (RFC 5737)
  ['203.0.113.0', 24], // documentation (RFC 5737)
  ['224.0.0.0', 4], // multicast (RFC 5771)
  ['240.0.0.0', 4], // reserved, and broadcast (RFC 1112 section 4, RFC 8190)
]);

/** https://www.iana.org/assignments/ipv6-address-space: the only block that global unicast addresses come from. */
const globalVersion6 = blocks('ipv6', [['2000::', 3]]);

/** https://www.iana.org/assignments/iana-ipv6-special-registry: the blocks within that one. */
const privateVersion6 = blocks('ipv6', [
  ['2001::', 23], // protocol assignments, Teredo among them (RFC 2928, RFC 4380)
  ['2001:db8::', 32], // documentation (RFC 3849)
  ['2002::', 16], // 6to4, which leads to any IPv4 address (RFC 3056)
  ['2620:4f:8000::', 48], // AS112 (RFC 7534)
  ['3fff::', 20], // documentation (RFC 9637)
]);

/**
 * Whether an IP address, as `node:dns` writes it, is a public unicast one. IPv4-mapped addresses, and IPv6 addresses with
 * a zone, are not. One behind NAT64's well-known prefix (RFC 6052 section 2.1) counts as the IPv4 address within.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !privateVersion4.check(address, 'ipv4');
  if (isIP(address) !== 6 || address.includes('%')) return false;
  if (globalVersion6.check(address, 'ipv6')) return !privateVersion6.check(address, 'ipv6');
  // In its one normal form (RFC 5952), which the URL parser writes.
  const [, high, low] =
    /^\[64:ff9b::([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${address}]`).host) ?? [];
  if (high === undefined || low === undefined) return false;
  const bytes = [high, low].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]);
  return isPublicAddress(bytes.join('.'));
}

function blocks(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family);
  return list;
}
