import { describe, expect, it } from '@jest/globals';
import { bindAddress, parseListen } from './listen.ts';

describe('backend.listen', () => {
  it.each([
    [undefined, { port: 7007 }],
    [8080, { port: 8080 }],
    ['8080', { port: 8080 }],
    [':8080', { port: 8080 }],
    ['localhost:8080', { host: 'localhost', port: 8080 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
    ['0', { port: 0 }],
    [{ port: '8080' }, { port: 8080 }],
    [{ host: '0.0.0.0' }, { host: '0.0.0.0', port: 7007 }],
    [{ host: '', port: 1 }, { port: 1 }],
  ])('reads %j', (value, expected) => {
    expect(parseListen(value)).toEqual(expected);
  });

  it.each([
    '',
    'localhost',
    '::1:80',
    '65536',
    '-1',
    'http://localhost:7007',
    1.5,
    null,
    { port: 'x' },
    { host: 1 },
  ])('refuses %j', (value) => {
    expect(parseListen(value)).toBeUndefined();
  });

  it('means loopback without a host, and in production all interfaces', () => {
    expect(bindAddress({ port: 1 }, false)).toEqual({ host: '127.0.0.1', port: 1 });
    expect(bindAddress({ port: 1 }, true)).toEqual({ port: 1 });
    expect(bindAddress({ host: '10.0.0.1', port: 1 }, false)).toEqual({ host: '10.0.0.1', port: 1 });
  });
});
