/** URLs that a stranger chose, and that lead into the network of the one who calls them. */
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAddressGuard } from './addressGuard.ts';
import type { ResolveHost } from './inTurn.ts';
import { createConnections } from './connections.ts';
import { createOutboundHttp, type OutboundHttp, type OutboundHttpOptions } from './outboundHttp.ts';
import { listen, type Listening } from './testing/listen.ts';

const refused = { name: 'OutboundError', code: 'ERR_OUTBOUND_ADDRESS_NOT_PUBLIC' };
const open: { close(): Promise<void> }[] = [];
function closing<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing);
  return thing;
}
const strict = (options?: OutboundHttpOptions): OutboundHttp =>
  closing(createOutboundHttp({ publicAddressesOnly: true, ...options }));

let reached: string[];
let inside: Listening;
beforeEach(async () => {
  reached = [];
  const answer: RequestListener = (request, response) => {
    reached.push(`${request.headers.host}${request.url}`);
    response.end('secrets of the inside');
  };
  inside = closing(
    await listen(answer, (server) => server.on('connection', () => reached.push('connection'))),
  );
});
afterEach(async () => {
  await Promise.all(
    open
      .splice(0)
      .reverse()
      .map(async (thing) => thing.close()),
  );
});

/** A name server that gives one answer after the other, and the last one for ever. */
function answering(...answers: string[][]): { resolve: ResolveHost; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (hostname) => {
      asked.push(hostname);
      return Promise.resolve((answers.length > 1 ? answers.shift() : answers[0]) ?? []);
    },
  };
}

describe('an address in the URL', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '0',
    '%31%32%37.0.0.1',
    '127。0。0。1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
    'LOCALHOST.',
    'anything.localhost',
  ])('written %s is refused before anything is connected', async (host) => {
    await expect(strict().request({ url: `http://${host}:${inside.port}/` })).rejects.toMatchObject(refused);
    await expect(strict().fetch(`http://${host}:${inside.port}/`)).rejects.toMatchObject(refused);
    expect(reached).toEqual([]);
  });

  it('with a zone is no URL', async () => {
    await expect(strict().request({ url: 'http://[fe80::1%25lo]/' })).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_NETWORK',
    });
  });
});

describe('a name', () => {
  it.each([
    ['an address of this machine', ['127.0.0.1']],
    ['a public address and one of this machine', ['9.9.9.9', '127.0.0.1']],
    ['one of this machine and a public address', ['::1', '2606:4700:4700::1111']],
    ['no address', []],
    ['what is no address', ['localhost']],
  ])('that leads to %s is refused', async (_, addresses) => {
    const { resolve } = answering(addresses);
    const url = `http://client.example:${inside.port}/`;
    await expect(strict({ resolve }).request({ url })).rejects.toMatchObject({
      ...refused,
      message: "The host 'client.example' has an address that is not public",
    });
    expect(reached).toEqual([]);
  });

  it('whose second answer is another one (rebinding) is judged by that one, too', async () => {
    const { resolve, asked } = answering(['9.9.9.9'], ['127.0.0.1']);
    const url = `http://client.example:${inside.port}/`;
    await expect(strict({ resolve }).request({ url })).rejects.toMatchObject(refused);
    expect(asked).toEqual(['client.example', 'client.example']);
    expect(reached).toEqual([]);
  });

  it('is connected to at the address that was judged, and is never looked up by the socket itself', async () => {
    const { resolve, asked } = answering(['127.0.0.1']);
    const guard = createAddressGuard({ resolve, isAllowed: (address) => address === '127.0.0.1' });
    const limits = { timeoutMilliseconds: 5000, maxBodyBytes: 1000, maxConnectionsPerOrigin: 1 };
    const connections = closing(createConnections({ ...limits, guard }));
    const url = new URL(`http://client.invalid:${inside.port}/path`);
    const dispatcher = await connections.for(url);
    const answer = await dispatcher.request({ origin: url.origin, path: url.pathname, method: 'GET' });
    expect(await answer.body.text()).toBe('secrets of the inside');
    expect(asked).toEqual(['client.invalid']);
    expect(reached).toEqual(['connection', `client.invalid:${inside.port}/path`]);
  });

  it('is looked up for each connection anew: one that has moved inside meanwhile is refused then', async () => {
    const { resolve } = answering(['127.0.0.1'], ['127.0.0.2']);
    const guard = createAddressGuard({ resolve, isAllowed: (address) => address === '127.0.0.1' });
    const limits = { timeoutMilliseconds: 5000, maxBodyBytes: 1000, maxConnectionsPerOrigin: 1 };
    const connections = closing(createConnections({ ...limits, guard }));
    const url = new URL(`http://client.invalid:${inside.port}/`);
    const call = async () => {
      const answer = await (
        await connections.for(url)
      ).request({ origin: url.origin, path: '/', method: 'GET', headers: { connection: 'close' } });
      return answer.body.text();
    };
    expect(await call()).toBe('secrets of the inside');
    await connections.close();
    await expect(call()).rejects.toMatchObject(refused);
  });

  it('that nobody knows is a network error', async () => {
    const resolve = async () =>
      Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    await expect(strict({ resolve }).request({ url: 'https://client.example/a?b' })).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_NETWORK',
      message: 'GET https://client.example/a could not be reached (ENOTFOUND)',
    });
  });

  it('whose name server never answers is left at the deadline', async () => {
    const resolve = async (): Promise<never> => new Promise(() => undefined);
    await expect(
      strict({ resolve, timeoutMilliseconds: 50 }).request({ url: 'https://client.example/' }),
    ).rejects.toMatchObject({ code: 'ERR_OUTBOUND_TIMEOUT' });
  });
});

describe('a proxy', () => {
  it('gets no name that leads inside, and is itself found wherever it is', async () => {
    const asked: string[] = [];
    const proxy = closing(
      await listen(
        (_, response) => response.end(),
        (server) =>
          server.on('connect', (request, socket) => {
            asked.push(request.url ?? '');
            socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
          }),
      ),
    );
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = `http://localhost:${proxy.port}`;
    try {
      const { resolve } = answering(['10.0.0.1'], ['9.9.9.9']);
      const http = strict({ resolve });
      await expect(http.request({ url: 'http://inside.example/' })).rejects.toMatchObject(refused);
      expect(asked).toEqual([]);
      await expect(http.request({ url: 'http://client.example/' })).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_NETWORK',
      });
      expect(asked).toEqual(['client.example:80']);
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    }
  });
});

it('without the option, addresses of this machine are called as ever', async () => {
  const http = closing(createOutboundHttp({ resolve: async () => Promise.reject(new Error('was asked')) }));
  expect((await http.request({ url: inside.origin })).status).toBe(200);
});

describe('names whose name servers do not answer', () => {
  it('keep one look-up busy and no other name of the process waiting, and are refused where they are many', async () => {
    const begun: string[] = [];
    const answer: (() => void)[] = [];
    const { lookup } = createAddressGuard({
      resolve: async (hostname) => {
        begun.push(hostname);
        return new Promise((resolve) => answer.push(() => resolve(['9.9.9.9'])));
      },
    });
    const names = Array.from({ length: 20 }, (_, count) => `${count}.evil.example`);
    const outcomes = names.map(
      async (name) =>
        new Promise<string>((resolve) => {
          lookup(name, {}, (error, address) => resolve(error?.code ?? String(address)));
        }),
    );
    expect(await Promise.all(outcomes.slice(17))).toEqual(Array(3).fill('ERR_OUTBOUND_NETWORK'));
    expect(begun).toEqual(names.slice(0, 1));
    for (const [count, outcome] of outcomes.slice(0, 17).entries()) {
      answer[count]?.();
      expect(await outcome).toBe('9.9.9.9');
      expect(begun.length).toBeLessThanOrEqual(count + 2);
    }
    expect(begun).toEqual(names.slice(0, 17));
  });
});
