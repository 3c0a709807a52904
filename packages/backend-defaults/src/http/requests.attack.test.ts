import { connect } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHttp, type TestHttp } from './testing/startHttp.ts';

let http: TestHttp;
let reached: string[];

beforeAll(async () => {
  http = await startHttp({ server: { headersTimeout: '150.5ms', requestTimeout: 201 } });
  reached = [];
  http.root.use('/', (request, response) => {
    reached.push(request.url ?? '');
    response.end(`reached ${request.url}`);
  });
  const router = await http.plugin('alpha');
  router.addAuthPolicy({ path: '/open', allow: 'unauthenticated' });
  router.use((request, response) => {
    // What a careless router does with a path.
    response.end(`path ${new URL(request.url ?? '', 'http://x').pathname}`);
  });
});

afterAll(() => http.stop());

/** One request, sent as it is, on a connection that ends with it. */
function send(target: string, headers = 'Host: x\r\n'): Promise<string> {
  return http.raw(`GET ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}

describe('hostile requests', () => {
  it.each([
    ['a malformed percent encoding', '/%zz'],
    ['half a percent encoding', '/a%'],
    ['an encoding that is no UTF-8', '/%ff%fe'],
    ['an overlong encoding of a slash', '/%c0%af'],
    ['an encoded NUL', '/a%00b'],
    ['an encoded line break', '/a%0d%0aSet-Cookie:%20x=y'],
    ['a backslash', '/a\\b'],
    ['an encoded backslash', '/a%5c..%5cb'],
    ['dot segments', '/api/alpha/open/../private'],
    ['encoded dot segments', '/api/alpha/open/%2e%2e/private'],
    ['dot segments behind an encoded slash', '/api/alpha/open/..%2fprivate'],
    ['a dot segment at the end', '/api/alpha/open/..'],
    ['a single dot', '/./api/alpha'],
    ['two slashes in front, which read as a host', '//evil.example/api/alpha'],
    ['a fragment', '/a#b'],
    ['bytes beyond ASCII', '/caf\u00e9'],
    ['another scheme', 'ftp://x/y'],
    ['an asterisk', '*'],
  ])('get 400 for %s in the path', async (_title, target) => {
    reached.length = 0;
    expect(statusOf(await send(target))).toBe(400);
    expect(reached).toEqual([]);
  });

  it.each(['/__proto__', '/constructor', '/api/__proto__', '/api/constructor/prototype', '/api/toString'])(
    'get nothing by a prototype key as path: %s',
    async (target) => {
      expect(await send(target)).toContain(`reached ${target}`);
    },
  );

  it('get no route past its policy by writing the path otherwise', async () => {
    expect(await send('/api/alpha/open')).toContain('path /open');
    for (const target of [
      '/api/alpha/open%2f..%2fprivate',
      '/api/alpha/OPEN',
      '/api/alpha//open',
      '/api/alpha/op%65n',
    ]) {
      expect([400, 401]).toContain(statusOf(await send(target)));
    }
  });

  it('are read in their absolute form without its host', async () => {
    expect(await send('http://other.example/a?b=c')).toContain('reached /a?b=c');
    expect(await send('http://other.example')).toContain('reached /');
    expect(statusOf(await send('http://other.example//a'))).toBe(400);
  });

  it('get 400 for two Host headers, and for none', async () => {
    expect(statusOf(await send('/', 'Host: x\r\nhOST: y\r\n'))).toBe(400);
    expect(statusOf(await send('/', ''))).toBe(400);
  });

  it('get 414 for an address of more than 8 KB', async () => {
    expect(statusOf(await send(`/${'a'.repeat(8192)}`))).toBe(414);
  });

  it('get 431 for more than 16 KB of headers, or more than 500 of them', async () => {
    expect(statusOf(await send('/', `Host: x\r\nX-A: ${'a'.repeat(20_000)}\r\n`))).toBe(431);
    expect(statusOf(await send('/', `Host: x\r\n${'X-A: a\r\n'.repeat(500)}`))).toBe(431);
  });

  it.each([
    ['both lengths', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'],
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n'],
    ['a length that is no number', 'Content-Length: 1e3\r\n'],
    ['a header with a bare CR', 'X-A: a\rb\r\n'],
    ['a header with a NUL', 'X-A: a\0b\r\n'],
    ['a header name with a space', 'X A: a\r\n'],
  ])('get 400 for %s', async (_title, headers) => {
    expect(statusOf(await send('/', `Host: x\r\n${headers}`))).toBe(400);
  });

  it('get no 5xx and no stack for anything', async () => {
    for (const target of ['/%', '/a?%zz=%', '/a?__proto__[x]=1&__proto__[x]=2', `/a?${'x&'.repeat(2000)}`]) {
      const answer = await send(target);
      expect(statusOf(answer)).toBeLessThan(500);
      expect(answer).not.toContain('    at ');
    }
  });

  it('that send their headers too slowly are cut off with 408', async () => {
    const socket = connect(http.server.address().port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const answer = text(socket);
    await once(socket, 'close');
    expect(statusOf(await answer)).toBe(408);
  });

  it('that send their body too slowly are cut off', async () => {
    const socket = connect(http.server.address().port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /api/alpha/open HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc');
    socket.resume();
    await once(socket, 'close');
  });
});
