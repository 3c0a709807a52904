/** Hostile upgrades: none reaches a handler, none keeps its socket, and none is a fault of the server. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBackend, type TestBackend } from '../auth/testing/startBackend.ts';
import { createTestSigner } from '../auth/testing/authPlugin.ts';
import { startHttp } from './testing/startHttp.ts';

let backend: TestBackend;
let port: number;
let reached: string[];
beforeAll(async () => {
  reached = [];
  backend = await startBackend({
    backend: {
      auth: {
        externalAccess: [
          {
            type: 'static',
            options: { token: 'an-outside-token-9kQx72LmVb', subject: 'outside' },
            accessRestrictions: [{ plugin: 'billing' }],
          },
        ],
      },
    },
  });
  port = Number(new URL(backend.url).port);
  const handler = ({ request, socket }: { request: { url?: string }; socket: { destroy(): void } }) => {
    reached.push(request.url ?? '');
    socket.destroy();
  };
  backend.reports.router.addWebSocketHandler({ path: '/events', handler });
  backend.reports.router.addWebSocketHandler({ path: '/open', handler, authPolicy: 'unauthenticated' });
});
afterAll(async () => backend.stop());

const handshake = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** Sends the lines, never closes its own side, and gives what comes until the server has closed. */
async function upgrade(
  target: string,
  lines: readonly string[],
  start = `GET ${target} HTTP/1.1`,
  behind = '',
) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.write(`${start}\r\n${lines.join('\r\n')}\r\n\r\n${behind}`, 'latin1');
  const answer = await text(socket);
  socket.destroy();
  return answer;
}
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const bearer = (token: string) => `Authorization: Bearer ${token}`;
const offering = (...protocols: string[]) => `Sec-WebSocket-Protocol: ${protocols.join(', ')}`;

describe('an upgrade is refused, and its connection ends', () => {
  it.each<[string, number, () => readonly string[]]>([
    ['without a token', 401, () => []],
    ['with an empty token', 401, () => ['Authorization: Bearer ']],
    ['with another scheme', 401, () => ['Authorization: Basic eDp5']],
    ['with garbage', 401, () => [bearer('garbage')]],
    ['with the token of a stranger', 401, () => [bearer(createTestSigner(backend.signer.kid).userToken())]],
    ['with a token that has ended', 401, () => [bearer(backend.signer.userToken({ exp: 1, iat: 0 }))]],
    ['with a token in the cookie', 401, () => [`Cookie: backstage-auth=${backend.signer.userToken()}`]],
    ['with subprotocols that are no tokens', 401, () => [offering('graphql-ws', 'v2')]],
    [
      'with many subprotocols before the token',
      401,
      () => [offering('a', 'b', 'c', 'd', 'e', backend.signer.userToken())],
    ],
    ['with commas and nothing between them', 401, () => [offering('', '', ' ', '')]],
    ['with a token that is for another plugin only', 403, () => [bearer('an-outside-token-9kQx72LmVb')]],
    [
      'of a page of another site, which has only a cookie',
      401,
      () => ['Origin: https://evil.example', `Cookie: backstage-auth=${backend.signer.userToken()}`],
    ],
  ])('%s', async (_what, status, lines) => {
    const answer = await upgrade('/api/reports/events', [...handshake, ...lines()]);
    expect(statusOf(answer)).toBe(status);
    expect(answer).toContain('Connection: close');
    expect(answer.split('\r\n\r\n')[1]).toBe('');
    expect(reached).toEqual([]);
  });

  it('with a limited token, in whichever place', async () => {
    const user = await backend.reports.auth.authenticate(backend.signer.userToken());
    const { token } = await backend.reports.auth.getLimitedUserToken(user as never);
    for (const line of [bearer(token), offering(token), `Cookie: backstage-auth=${token}`]) {
      expect(statusOf(await upgrade('/api/reports/events', [...handshake, line]))).toBe(401);
    }
    expect(reached).toEqual([]);
  });

  it.each([
    ['for no path of a handler', 404, '/api/reports/other'],
    ['for a path with a trailing slash', 404, '/api/reports/open/'],
    ['for a path in another case', 404, '/api/reports/OPEN'],
    ['for an encoded path', 404, '/api/reports/%6fpen'],
    ['for dot segments', 400, '/api/reports/x/../open'],
    ['for encoded dot segments', 400, '/api/reports/x/%2e%2e/open'],
    ['for a malformed encoding', 400, '/api/reports/%zz'],
    ['for a backslash', 400, '/api\\reports\\open'],
    ['for a host', 400, '//api/reports/open'],
    ['for an asterisk', 400, '*'],
    ['for an endless address', 414, `/api/reports/open?${'x'.repeat(9000)}`],
  ])('%s', async (_what, status, target) => {
    expect(statusOf(await upgrade(target, handshake))).toBe(status);
    expect(reached).toEqual([]);
  });

  it.each([
    ['as a POST', 'POST', []],
    ['with a body', 'GET', ['Content-Length: 5']],
    ['with a chunked body', 'GET', ['Transfer-Encoding: chunked']],
    ['with two hosts', 'GET', ['Host: other']],
  ])('%s', async (_what, method, lines) => {
    const answer = await upgrade(
      '',
      [...handshake, ...lines],
      `${method} /api/reports/open HTTP/1.1`,
      'hello',
    );
    expect(statusOf(answer)).toBe(400);
    expect(reached).toEqual([]);
  });

  it('to another protocol, and with several named', async () => {
    for (const protocol of ['h2c', 'websocket, h2c', 'websockets', 'TLS/1.0']) {
      const lines = handshake.map((line) => (line.startsWith('Upgrade:') ? `Upgrade: ${protocol}` : line));
      expect(statusOf(await upgrade('/api/reports/open', lines))).toBe(404);
    }
    expect(reached).toEqual([]);
  });

  it('beyond the rate limit of its address', async () => {
    const http = await startHttp({ rateLimit: { incomingRequestLimit: 2, ipAllowList: [] } });
    http.root.addWebSocketHandler({ path: '/events', handler: ({ socket }) => void socket.destroy() });
    const ask = async () => http.raw(`GET /none HTTP/1.1\r\n${handshake.join('\r\n')}\r\n\r\n`);
    expect([statusOf(await ask()), statusOf(await ask())]).toEqual([404, 404]);
    const third = await ask();
    expect([statusOf(third), /Retry-After: \d+/.test(third)]).toEqual([429, true]);
    await http.stop();
  });

  it('beyond the rate limit of its plugin, which requests and upgrades share', async () => {
    const http = await startHttp({
      rateLimit: { global: false, plugin: { alpha: { incomingRequestLimit: 2, ipAllowList: [] } } },
    });
    const asked: string[] = [];
    for (const id of ['alpha', 'beta']) {
      const plugin = await http.plugin(id);
      plugin.addWebSocketHandler({
        path: '/events',
        authPolicy: 'unauthenticated',
        handler: ({ socket }) => {
          asked.push(id);
          socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        },
      });
    }
    const ask = async (id: string, more: readonly string[] = []) =>
      http.raw(`GET /api/${id}/events HTTP/1.1\r\n${[...handshake, ...more].join('\r\n')}\r\n\r\n`);
    expect((await http.get('/api/alpha/none')).status).toBe(401);
    expect(statusOf(await ask('alpha'))).toBe(101);
    const third = await ask('alpha');
    expect([statusOf(third), /Retry-After: \d+\r\n/.test(third), third.split('\r\n\r\n')[1]]).toEqual([
      429,
      true,
      '',
    ]);
    expect((await http.get('/api/alpha/none')).status).toBe(429);
    // Another plugin, and a caller who is known by itself.
    expect(statusOf(await ask('beta'))).toBe(101);
    expect(statusOf(await ask('alpha', ['X-Caller: one']))).toBe(101);
    expect(asked).toEqual(['alpha', 'beta', 'alpha']);
    await http.stop();
  });
});

it('nothing of a refusal stands in the log but the path, the status and the kind of error', async () => {
  backend.log.length = 0;
  await upgrade('/api/reports/events?token=secret-in-a-query', [
    ...handshake,
    bearer('a-secret-token'),
    offering('another-secret'),
  ]);
  const text = backend.log.join('\n');
  expect(text).toContain('WebSocket upgrade of /api/reports/events refused with 401');
  expect(text).not.toMatch(/secret/);
});

it('callers who go away during the handshake, or send rubbish after it, end nothing but their connection', async () => {
  const http = await startHttp();
  const plugin = await http.plugin('slow', { isStarting: true });
  let count = 0;
  plugin.addWebSocketHandler({
    path: '/events',
    authPolicy: 'unauthenticated',
    handler: ({ socket }) => {
      count += 1;
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      socket.resume();
    },
  });
  const dial = () => {
    const socket = connect(http.server.address().port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /api/slow/events HTTP/1.1\r\n${handshake.join('\r\n')}\r\n\r\n`);
    return socket;
  };
  const [gone, kept] = [dial(), dial()];
  gone.resetAndDestroy();
  await once(gone, 'close');
  await plugin.lifecycle.run('startup');
  await once(kept, 'data');
  kept.write(Buffer.alloc(100_000, 0xff));
  kept.resetAndDestroy();
  expect((await http.get('/api/slow/none')).status).toBe(401);
  expect(count).toBeLessThanOrEqual(2);
  const [left] = [dial()];
  await once(left, 'data');
  const closed = once(left, 'close');
  await http.lifecycle.run('beforeShutdown');
  await http.stop();
  await closed;
});
