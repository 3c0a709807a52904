/**
 * Whether an address is one that strangers can reach. It is not, where no router or public name server leads: loopback, the
 * addresses of private networks (RFC 1918, RFC 4193, RFC 6598) and of one link (RFC 3927, RFC 4291), names of one label, and
 * those below the names that are set aside for such uses (RFC 6761, RFC 6762, RFC 8375, and `internal`, reserved by ICANN).
 */
import { BlockList, isIP } from 'node:net';
import { isLoopback } from './loopback.ts';

const privateSubnets: readonly (readonly [address: string, bits: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
];

const privateNames =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|test|invalid|example|home\.arpa)$/;

/** Whether strangers can reach the host of a URL, as far as its name tells. @public */
export function isPublicHost(url: URL): boolean {
  if (isLoopback(url)) return false;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const version = isIP(host);
  if (version === 0) return host.includes('.') && !privateNames.test(host);
  return !blocked.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

const blocked = new BlockList();
for (const [address, bits, family] of privateSubnets) blocked.addSubnet(address, bits, family);
