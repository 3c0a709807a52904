import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createClientAddress } from './clientAddress.ts';

function addressFor(
  trustProxy: Parameters<typeof createClientAddress>[0],
  remoteAddress: string,
  forwarded?: string,
) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return createClientAddress(trustProxy)({
    socket: { remoteAddress },
    headers,
  } as unknown as IncomingMessage);
}

describe('createClientAddress', () => {
  it.each([
    ['no setting', undefined, '10.0.0.1'],
    ['false', false, '10.0.0.1'],
    ['true: the leftmost', true, '198.51.100.9'],
    ['one hop', 1, '203.0.113.7'],
    ['two hops', 2, '198.51.100.9'],
    ['a subnet', '10.0.0.0/8', '203.0.113.7'],
    ['names and addresses', ['loopback, uniquelocal', '203.0.113.7'], '198.51.100.9'],
    ['another address', '10.0.0.2', '10.0.0.1'],
  ])('reads X-Forwarded-For as backend.trustProxy says: %s', (_title, trustProxy, expected) => {
    expect(addressFor(trustProxy, '10.0.0.1', '198.51.100.9, 203.0.113.7')).toBe(expected);
  });

  it('takes an IPv4 address on an IPv6 socket for what it is', () => {
    expect(addressFor(undefined, '::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(addressFor('loopback', '::1', '203.0.113.7')).toBe('203.0.113.7');
  });

  it('stops at what is no address', () => {
    expect(addressFor(true, '10.0.0.1', 'evil, 203.0.113.7')).toBe('203.0.113.7');
  });

  it('refuses a setting that is no address', () => {
    expect(() => createClientAddress('10.0.0.0/99')).toThrow(
      expect.objectContaining({ code: 'ERR_HTTP_ADDRESS_INVALID' }),
    );
  });
});
