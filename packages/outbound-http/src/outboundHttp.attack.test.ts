import type { RequestListener } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createOutboundHttp, type OutboundHttp, type OutboundHttpOptions } from './outboundHttp.ts';
import { listen, listenTcp, type Listening } from './testing/listen.ts';

const open: { close(): Promise<void> }[] = [];
function closing<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing);
  return thing;
}
const client = (options?: OutboundHttpOptions): OutboundHttp => closing(createOutboundHttp(options));
const serve = async (handler: RequestListener): Promise<Listening> => closing(await listen(handler));

afterEach(async () => {
  // Servers go first: a client closes when its calls have ended.
  await Promise.all(
    open
      .splice(0)
      .reverse()
      .map(async (thing) => thing.close()),
  );
});

describe('a hostile or broken server', () => {
  it('that never answers is left at the deadline', async () => {
    const server = await serve(() => undefined);
    await expect(
      client({ timeoutMilliseconds: 50 }).request({ url: `${server.origin}/hang?code=s3cret` }),
    ).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_TIMEOUT',
      message: `GET ${server.origin}/hang gave no complete answer within 50 ms`,
    });
  });

  it('that never lets go of the connections is left at the deadline by calls that wait for one, too', async () => {
    const server = await serve(() => undefined);
    const http = client({ timeoutMilliseconds: 50, maxConnectionsPerOrigin: 1 });
    const calls = await Promise.allSettled([1, 2, 3].map(async () => http.request({ url: server.origin })));
    for (const call of calls) {
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'ERR_OUTBOUND_TIMEOUT' } });
    }
  });

  it('that drips its body byte by byte is left at the deadline', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    });
    await expect(client({ timeoutMilliseconds: 60 }).request({ url: server.origin })).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_TIMEOUT',
    });
  });

  it('that sends 2 MB is cut off, with and without a length', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const server = await serve((request, response) => {
      if (request.url === '/known') response.setHeader('content-length', 32 * chunk.length);
      let left = 32;
      const more = (): void => {
        while (left > 0) {
          left -= 1;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    for (const path of ['/known', '/chunked']) {
      await expect(client().request({ url: server.origin + path })).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_TOO_LARGE',
      });
      await expect(client().fetch(server.origin + path)).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_TOO_LARGE',
      });
    }
  });

  it('may send exactly the limit', async () => {
    const server = await serve((_, response) => response.end(Buffer.alloc(1000, 'x')));
    expect((await client({ maxBodyBytes: 1000 }).request({ url: server.origin })).text).toHaveLength(1000);
    await expect(client({ maxBodyBytes: 999 }).request({ url: server.origin })).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_TOO_LARGE',
    });
  });

  const zeros = Buffer.alloc(32 * 1024 * 1024);
  it.each([
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['deflate', deflateRawSync(zeros)],
    ['br', brotliCompressSync(zeros, { params: {} })],
  ])('that sends a %s bomb is cut off before it has grown', async (encoding, bomb) => {
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
    );
    await expect(client().request({ url: server.origin })).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_TOO_LARGE',
    });
  });

  it.each(['gzip, gzip', 'constructor', 'zstd'])(
    'that answers in the encoding %j is refused',
    async (encoding) => {
      const server = await serve((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end('x'),
      );
      await expect(client().request({ url: server.origin })).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_NETWORK',
      });
    },
  );

  it('that resets the connection, before or within an answer, is a network error', async () => {
    const seen: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      seen.push(request.url);
      if (request.url === '/before') return request.socket.destroy();
      response.writeHead(200, { 'content-length': 100 });
      return response.write('x', () => request.socket.destroy());
    });
    for (const path of ['/before', '/within']) {
      await expect(client().request({ url: server.origin + path })).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_NETWORK',
        message: expect.stringContaining(`GET ${server.origin}${path} `),
      });
    }
    // Once more, and no more than that; and what was answered in part is never sent again.
    expect(seen.splice(0)).toEqual(['/before', '/before', '/within']);
    const once = client({ repeatsUnanswered: false });
    await expect(once.request({ url: `${server.origin}/before` })).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_NETWORK',
    });
    expect(seen).toEqual(['/before']);
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'ERR_OUTBOUND_NETWORK'],
    ['an impossible status', 'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n', 'ERR_OUTBOUND_NETWORK'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxy',
      'ERR_OUTBOUND_NETWORK',
    ],
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(64 * 1024)}\r\n\r\n`, 'ERR_OUTBOUND_TOO_LARGE'],
  ])('that sends %s is refused', async (_, bytes, code) => {
    const server = closing(await listenTcp((socket) => socket.once('data', () => socket.write(bytes))));
    await expect(client({ timeoutMilliseconds: 2000 }).request({ url: server.origin })).rejects.toMatchObject(
      { code },
    );
  });

  it('that sends headers named like parts of objects does no harm', async () => {
    const head =
      'HTTP/1.1 200 OK\r\nconstructor: x\r\n__proto__: a\r\n__proto__: b\r\ncontent-length: 2\r\n\r\nhi';
    const server = closing(await listenTcp((socket) => socket.once('data', () => socket.write(head))));
    const answer = await client().request({ url: server.origin });
    expect(answer.text).toBe('hi');
    expect(Object.getPrototypeOf(answer.headers)).toBe(Object.prototype);
  });
});
