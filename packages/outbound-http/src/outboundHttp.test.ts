import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createOutboundHttp, type OutboundHttp, type OutboundHttpOptions } from './outboundHttp.ts';
import { listen, type Listening } from './testing/listen.ts';

const open: { close(): Promise<void> }[] = [];
function closing<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing);
  return thing;
}
const client = (options?: OutboundHttpOptions): OutboundHttp => closing(createOutboundHttp(options));

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (thing) => thing.close()));
});

/** Answers with what it received. */
const echo = async (): Promise<Listening> =>
  closing(
    await listen((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            method: request.method,
            url: request.url,
            raw: request.rawHeaders,
            headers: request.headers,
            body,
          }),
        );
      });
    }),
  );

interface Echo {
  method: string;
  url: string;
  raw: string[];
  headers: Record<string, string>;
  body: string;
}

describe('createOutboundHttp', () => {
  it('sends method, path, headers and body as they are given and adds none but host, connection and length', async () => {
    const server = await echo();
    const { status, headers, text } = await client().request({
      url: `${server.origin}/a%20b?c=%2C`,
      method: 'POST',
      headers: { 'X-One': '1', accept: '*/*' },
      body: 'hällo',
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    const seen = JSON.parse(text) as Echo;
    expect([seen.method, seen.url, seen.body]).toEqual(['POST', '/a%20b?c=%2C', 'hällo']);
    expect(seen.raw).toEqual([
      'host',
      `127.0.0.1:${server.port}`,
      'connection',
      'keep-alive',
      'X-One',
      '1',
      'accept',
      '*/*',
      'content-length',
      '6',
    ]);
  });

  it('hands a redirect on instead of following it', async () => {
    let hits = 0;
    const server = closing(
      await listen((_, response) => {
        hits += 1;
        response.writeHead(302, { location: '/elsewhere' }).end('moved');
      }),
    );
    const answer = await client().request({ url: server.origin });
    expect([answer.status, answer.headers['location'], hits]).toEqual([302, '/elsewhere', 1]);
    const fetched = await client().fetch(server.origin, { redirect: 'follow' });
    expect([fetched.status, hits]).toEqual([302, 2]);
  });

  it('joins repeated headers', async () => {
    const server = closing(
      await listen((_, response) => response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end()),
    );
    expect((await client().request({ url: server.origin })).headers['set-cookie']).toBe('a=1, b=2');
  });

  it('decompresses what a caller asked to have compressed', async () => {
    const server = closing(
      await listen((_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('small')),
      ),
    );
    const answer = await client().request({ url: server.origin, headers: { 'accept-encoding': 'gzip' } });
    expect(answer.text).toBe('small');
    expect(answer.headers['content-encoding']).toBeUndefined();
  });

  it('keeps connections for the calls that follow', async () => {
    let connections = 0;
    const server = closing(
      await listen(
        (_, response) => response.end('ok'),
        (http) => http.on('connection', () => (connections += 1)),
      ),
    );
    const http = client();
    for (let call = 0; call < 20; call += 1) await http.request({ url: server.origin });
    // A second one is opened when a call begins before the first connection has been handed back.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it.each(['GET', 'POST'] as const)(
    'sends a %s once more whose kept connection is closed before a byte of its answer',
    async (method) => {
      const seen: (string | undefined)[] = [];
      const used = new WeakSet<object>();
      const server = closing(
        await listen((request, response) => {
          seen.push(request.url);
          if (used.has(request.socket)) return request.socket.destroy();
          used.add(request.socket);
          return response.end('ok');
        }),
      );
      const http = client({ maxConnectionsPerOrigin: 1 });
      const call = (path: string) =>
        http.request({ url: server.origin + path, method, ...(method === 'POST' && { body: 'x' }) });
      expect((await call('/first')).text).toBe('ok');
      expect((await call('/second')).text).toBe('ok');
      expect(seen).toEqual(['/first', '/second', '/second']);
    },
  );

  it('opens at most as many connections to one origin as allowed and lets the others wait', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const server = closing(
      await listen((_, response) => {
        held.push(() => response.end('ok'));
        most = Math.max(most, held.length);
        // Answer only when no further request can be on its way.
        if (held.length === 2) setImmediate(() => held.splice(0).forEach((answer) => answer()));
      }),
    );
    const http = client({ maxConnectionsPerOrigin: 2 });
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => http.request({ url: server.origin })),
    );
    expect(answers.map((answer) => answer.text)).toEqual(Array(6).fill('ok'));
    expect(most).toBe(2);
  });

  it('opens new connections after close', async () => {
    const server = await echo();
    const http = client();
    await http.request({ url: server.origin });
    await http.close();
    expect((await http.request({ url: server.origin })).status).toBe(200);
  });

  it('names origin and path but never the query when nobody listens', async () => {
    const server = await echo();
    await server.close();
    open.splice(open.indexOf(server), 1);
    const failing = client().request({ url: `${server.origin}/token?code=s3cret` });
    await expect(failing).rejects.toMatchObject({
      name: 'OutboundError',
      code: 'ERR_OUTBOUND_NETWORK',
      message: `GET ${server.origin}/token could not be reached (ECONNREFUSED)`,
    });
  });

  it.each(['ftp://example.com/?s3cret', 'not a url s3cret', 'http://jane:s3cret@example.com/'])(
    'refuses %s without quoting it',
    async (url) => {
      await expect(client().request({ url })).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_NETWORK',
        message: expect.not.stringContaining('s3cret'),
      });
      await expect(client().fetch(url)).rejects.toMatchObject({ code: 'ERR_OUTBOUND_NETWORK' });
    },
  );

  it('ends with the signal of its caller', async () => {
    const budget = new AbortController();
    const server = closing(await listen(() => budget.abort(new Error('budget spent'))));
    await expect(client().request({ url: server.origin, signal: budget.signal })).rejects.toMatchObject({
      code: 'ERR_OUTBOUND_TIMEOUT',
      cause: expect.objectContaining({ message: 'budget spent' }),
    });
    await expect(client().request({ url: server.origin, signal: AbortSignal.abort() })).rejects.toMatchObject(
      {
        code: 'ERR_OUTBOUND_TIMEOUT',
      },
    );
  });
});

describe('fetch', () => {
  it('answers with a real Response', async () => {
    const server = await echo();
    const response = await client().fetch(`${server.origin}/x`, { headers: { accept: 'application/json' } });
    expect(response).toBeInstanceOf(Response);
    expect([response.ok, response.status, response.headers.get('content-type')]).toEqual([
      true,
      200,
      'application/json',
    ]);
    expect(((await response.json()) as Echo).headers['accept']).toBe('application/json');
  });

  it('takes Headers and URLSearchParams', async () => {
    const server = await echo();
    const response = await client().fetch(new URL(server.origin), {
      method: 'POST',
      headers: new Headers({ authorization: 'Basic eDp5' }),
      body: new URLSearchParams({ grant_type: 'authorization_code', code: 'a b' }),
    });
    const seen = (await response.json()) as Echo;
    expect(seen.body).toBe('grant_type=authorization_code&code=a+b');
    expect(seen.headers['content-type']).toBe('application/x-www-form-urlencoded;charset=UTF-8');
    expect(seen.headers['authorization']).toBe('Basic eDp5');
  });

  it('takes a Request with a body and its signal', async () => {
    const server = await echo();
    const response = await client().fetch(
      new Request(`${server.origin}/r`, { method: 'PUT', body: 'stuff' }),
    );
    const seen = (await response.json()) as Echo;
    expect([seen.method, seen.url, seen.body]).toEqual(['PUT', '/r', 'stuff']);
    await expect(
      client().fetch(new Request(server.origin, { signal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ code: 'ERR_OUTBOUND_TIMEOUT' });
  });

  it('keeps repeated headers apart and bodiless answers bodiless', async () => {
    const server = closing(
      await listen((_, response) => response.writeHead(204, { 'set-cookie': ['a=1', 'b=2'] }).end()),
    );
    const response = await client().fetch(server.origin);
    expect([response.status, response.body, response.headers.getSetCookie()]).toEqual([
      204,
      null,
      ['a=1', 'b=2'],
    ]);
  });
});

describe('the proxy of the environment', () => {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

  async function withEnvironment(values: Record<string, string>, act: () => Promise<void>): Promise<void> {
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) delete process.env[name];
    Object.assign(process.env, values);
    try {
      await act();
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  }

  /** A proxy that leads every tunnel to one server, and notes what was asked for. */
  async function listenProxy(target: Listening): Promise<Listening & { asked: string[] }> {
    const asked: string[] = [];
    const proxy = closing(
      await listen(
        (_, response) => response.writeHead(500).end(),
        (http) =>
          http.on('connect', (request, socket) => {
            asked.push(request.url ?? '');
            const onward = connect(target.port, '127.0.0.1', () => {
              socket.write('HTTP/1.1 200 OK\r\n\r\n');
              onward.pipe(socket).pipe(onward);
            });
            onward.on('error', () => socket.destroy());
            socket.on('error', () => onward.destroy());
            socket.on('close', () => onward.destroy());
          }),
      ),
    );
    return Object.assign(proxy, { asked });
  }

  it('is used for other hosts, not for loopback, and not for those in NO_PROXY', async () => {
    const server = await echo();
    const proxy = await listenProxy(server);
    await withEnvironment({ HTTP_PROXY: proxy.origin, NO_PROXY: 'direct.invalid' }, async () => {
      const http = client();
      expect((await http.request({ url: 'http://idp.invalid/x' })).status).toBe(200);
      expect(proxy.asked).toEqual(['idp.invalid:80']);
      expect((await http.request({ url: server.origin })).status).toBe(200);
      expect((await http.request({ url: `http://localhost:${server.port}` })).status).toBe(200);
      await expect(http.request({ url: 'http://direct.invalid/' })).rejects.toMatchObject({
        code: 'ERR_OUTBOUND_NETWORK',
      });
      expect(proxy.asked).toEqual(['idp.invalid:80']);
    });
  });

  it('is bound by the deadline when it hangs', async () => {
    const proxy = closing(
      await listen(
        () => undefined,
        (http) => http.on('connect', () => undefined),
      ),
    );
    await withEnvironment({ HTTP_PROXY: proxy.origin }, async () => {
      await expect(
        client({ timeoutMilliseconds: 60 }).request({ url: 'http://idp.invalid/' }),
      ).rejects.toMatchObject({ code: 'ERR_OUTBOUND_TIMEOUT' });
    });
  });

  it('is refused without being quoted when it is no URL', async () => {
    await withEnvironment({ HTTP_PROXY: 'user:s3cret' }, async () => {
      const failing = client().request({ url: 'http://idp.invalid/' });
      await expect(failing).rejects.toMatchObject({ code: 'ERR_OUTBOUND_NETWORK' });
      await expect(failing).rejects.toMatchObject({ message: expect.not.stringContaining('s3cret') });
    });
  });
});
