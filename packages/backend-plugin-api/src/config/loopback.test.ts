import { describe, expect, it } from '@jest/globals';
import { isHttpsOrLoopback, isLoopback } from './loopback.ts';

describe('an address of this machine itself', () => {
  it.each([
    ...['localhost', 'LOCALHOST', 'localhost.', 'portal.localhost', 'a.b.localhost.'],
    ...['127.0.0.1', '127.0.0.1.', '127.255.255.254', '127.1', '2130706433', '0x7f000001', '0177.0.0.1'],
    ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.8.9.1]'],
  ])('is %s', (host) => {
    expect(isLoopback(new URL(`http://${host}:7007/path`))).toBe(true);
    expect(isHttpsOrLoopback(new URL(`http://${host}/`))).toBe(true);
  });

  it.each([
    // Names that merely may resolve to one, or look like one.
    ...[
      'localhost.example.com',
      'notlocalhost',
      'xlocalhost',
      'localhost.localdomain',
      '127.0.0.1.nip.io',
      '127.example.com',
    ],
    ...['0.0.0.0', '128.0.0.1', '10.0.0.1', '169.254.169.254', 'example.com'],
    ...['[::]', '[::2]', '[fe80::1]', '[::ffff:10.0.0.1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[1::1]'],
  ])('is not %s', (host) => {
    expect(isLoopback(new URL(`http://${host}/`))).toBe(false);
    expect(isHttpsOrLoopback(new URL(`http://${host}/`))).toBe(false);
    expect(isHttpsOrLoopback(new URL(`https://${host}/`))).toBe(true);
  });

  it('is none of another scheme', () => {
    for (const url of ['ftp://localhost/', 'ws://127.0.0.1/', 'cursor://localhost/']) {
      expect(isHttpsOrLoopback(new URL(url))).toBe(false);
    }
  });
});
