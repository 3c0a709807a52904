/** WebSockets over a real listener, with a real client and a real server library behind the handlers. */
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  HttpRouterWebSocketContext,
  RootHttpRouterWebSocketContext,
  UserPrincipal,
} from '@vestibule/backend-plugin-api';
import { WebSocket, WebSocketServer } from 'ws';
import { startBackend, type TestBackend } from '../auth/testing/startBackend.ts';
import { startHttp, type TestHttp } from './testing/startHttp.ts';

const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'events' });
const clients: WebSocket[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.terminate();
});

/** Makes the handshake, says `text`, and then says back what it hears. */
function welcome({ request, socket, head }: RootHttpRouterWebSocketContext, text = 'hello'): void {
  sockets.handleUpgrade(request, socket, head, (connection) => {
    connection.send(text);
    connection.on('message', (data) => connection.send(`heard ${String(data)}`));
  });
}

/** What the server says first, or the status with which it refuses. */
async function dial(url: string, options: { protocols?: string[]; headers?: Record<string, string> } = {}) {
  const client = new WebSocket(url.replace(/^http/, 'ws'), options.protocols ?? [], {
    headers: options.headers ?? {},
  });
  clients.push(client);
  client.on('error', () => undefined);
  return new Promise<{ client: WebSocket; said?: string; status?: number; headers: Record<string, unknown> }>(
    (resolve) => {
      client.once('message', (data) => resolve({ client, said: String(data), headers: {} }));
      client.once('unexpected-response', (_request, { statusCode, headers }) =>
        resolve({ client, status: statusCode ?? 0, headers }),
      );
      client.once('close', () => resolve({ client, status: 0, headers: {} }));
    },
  );
}

describe('a WebSocket handler of the root router', () => {
  let http: TestHttp;
  afterEach(async () => http.stop());

  it('has the connection, the request as it was sent, and what came behind it', async () => {
    http = await startHttp();
    let url: string | undefined;
    http.root.addWebSocketHandler({
      path: '/events',
      handler(context) {
        url = context.request.url;
        expect(Buffer.isBuffer(context.head)).toBe(true);
        welcome(context);
      },
    });
    const { client, said } = await dial(`${http.url}/events?since=5`);
    expect([said, url]).toEqual(['hello', '/events?since=5']);
    client.send('x');
    const [heard] = (await once(client, 'message')) as [Buffer];
    expect(String(heard)).toBe('heard x');
  });

  it('is asked for its path to the letter; everything else is 404, and ordinary requests go on', async () => {
    http = await startHttp();
    http.root.use('/events', (_request, response) => response.end('a page'));
    http.root.addWebSocketHandler({ path: '/events', handler: welcome });
    for (const path of ['/events/', '/Events', '/events/x', '/event', '/', '/%65vents']) {
      expect([path, (await dial(`${http.url}${path}`)).status]).toEqual([path, 404]);
    }
    expect((await http.get('/events')).body).toBe('a page');
    expect((await http.get('/events', { headers: { upgrade: 'websocket' } })).body).toBe('a page');
  });

  it('is there from the first on: before, a request for an upgrade is an ordinary one', async () => {
    http = await startHttp();
    http.root.use('/events', (_request, response) => response.end('a page'));
    const upgrade = { headers: { upgrade: 'websocket', connection: 'Upgrade' } };
    expect((await http.get('/events', upgrade)).body).toBe('a page');
  });

  it.each([
    ['no slash', 'events'],
    ['a query', '/events?a'],
    ['a fragment', '/events#a'],
    ['a backslash', '/events\\a'],
    ['dot segments', '/a/../events'],
    ['a host', '//events/a'],
    ['a space', '/a b'],
    ['nothing', ''],
  ])('is refused a path with %s', async (_what, path) => {
    http = await startHttp();
    expect(() => http.root.addWebSocketHandler({ path, handler: welcome })).toThrow(
      expect.objectContaining({ code: 'ERR_HTTP_WEBSOCKET_PATH_INVALID' }),
    );
  });

  it('is alone at its path, and comes before the end', async () => {
    http = await startHttp();
    http.root.addWebSocketHandler({ path: '/events', handler: welcome });
    expect(() => http.root.addWebSocketHandler({ path: '/events', handler: welcome })).toThrow(
      expect.objectContaining({ code: 'ERR_HTTP_PATH_CONFLICT' }),
    );
    await http.lifecycle.run('beforeShutdown');
    expect(() => http.root.addWebSocketHandler({ path: '/late', handler: welcome })).toThrow(
      expect.objectContaining({ code: 'ERR_HTTP_STOPPING' }),
    );
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('boom of a handler');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('boom of a handler'))],
  ])('that %s loses its socket, is logged, and the next one is served', async (_how, fault) => {
    http = await startHttp();
    http.root.addWebSocketHandler({ path: '/bad', handler: fault });
    http.root.addWebSocketHandler({ path: '/good', handler: welcome });
    expect((await dial(`${http.url}/bad?token=secret-in-a-query`)).status).toBe(0);
    const line = http.log.find((one) => one.includes('boom of a handler'));
    expect(line).toMatch(/^warn WebSocket upgrade of \/bad failed/);
    expect(http.log.join('')).not.toContain('secret-in-a-query');
    expect((await dial(`${http.url}/good`)).said).toBe('hello');
  });

  it('ends with the backend: requests are finished first, then sockets are cut, and nobody waits for them', async () => {
    http = await startHttp();
    http.root.addWebSocketHandler({ path: '/events', handler: welcome });
    let finish: (() => void) | undefined;
    const arrived = new Promise<void>((resolve) => {
      http.root.use('/slow', (_request, response) => {
        finish = () => response.end('done');
        resolve();
      });
    });
    const { client } = await dial(`${http.url}/events`);
    const slow = http.get('/slow');
    await arrived;
    const draining = http.lifecycle.run('beforeShutdown');
    client.send('still here?');
    const [heard] = (await once(client, 'message')) as [Buffer];
    expect(String(heard)).toBe('heard still here?');
    finish?.();
    expect((await slow).body).toBe('done');
    await draining;
    const closed = once(client, 'close');
    await http.lifecycle.run('shutdown');
    await closed;
    await expect(http.get('/slow')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a WebSocket handler of a plugin', () => {
  let backend: TestBackend;
  const met: HttpRouterWebSocketContext[] = [];
  const meet = (context: HttpRouterWebSocketContext): void => {
    met.push(context);
    const { type, userEntityRef } = context.credentials.principal as UserPrincipal;
    welcome(context, userEntityRef ?? type);
  };
  beforeAll(async () => {
    backend = await startBackend();
    backend.reports.router.addWebSocketHandler({ path: '/events', handler: meet });
    backend.reports.router.addWebSocketHandler({ path: '/', handler: meet });
    backend.reports.router.addWebSocketHandler({
      path: '/open/events',
      handler: meet,
      authPolicy: 'unauthenticated',
    });
  });
  afterEach(() => void met.splice(0));
  afterAll(async () => backend.stop());

  it.each([
    ['below its mount', '/api/reports/events'],
    ['at its mount', '/api/reports'],
  ])('%s knows the user of a bearer token', async (_where, path) => {
    const { said } = await dial(`${backend.url}${path}`, {
      headers: { authorization: `Bearer ${backend.signer.userToken()}` },
    });
    expect(said).toBe('user:default/jane');
    expect(met[0]).not.toHaveProperty('authProtocol');
  });

  it('knows the user of a token among the subprotocols, as a page offers it, and which one that was', async () => {
    const token = backend.signer.userToken();
    const { said, client } = await dial(`${backend.url}/api/reports/events`, {
      protocols: ['events', token],
    });
    expect([said, client.protocol]).toEqual(['user:default/jane', 'events']);
    expect(met[0]?.authProtocol).toBe(token);
  });

  it('knows another plugin by its token', async () => {
    const { token } = await backend.billing.auth.getPluginRequestToken({
      onBehalfOf: await backend.billing.auth.getOwnServiceCredentials(),
      targetPluginId: 'reports',
    });
    const { said } = await dial(`${backend.url}/api/reports/events`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(said).toBe('service');
  });

  it('lets anybody in where it says so, and asks for no token', async () => {
    const { said } = await dial(`${backend.url}/api/reports/open/events`, {
      headers: { authorization: `Bearer ${backend.signer.userToken()}` },
    });
    expect(said).toBe('none');
  });

  it('has a path that begins with a slash', () => {
    expect(() => backend.reports.router.addWebSocketHandler({ path: 'events', handler: meet })).toThrow(
      expect.objectContaining({ code: 'ERR_HTTP_WEBSOCKET_PATH_INVALID' }),
    );
  });

  it('lets everybody in where the config has taken the barrier away, and knows who has a token', async () => {
    const open = await startBackend({ backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } });
    open.reports.router.addWebSocketHandler({ path: '/events', handler: meet });
    expect((await dial(`${open.url}/api/reports/events`)).said).toBe('none');
    const { said } = await dial(`${open.url}/api/reports/events`, {
      protocols: ['events', open.signer.userToken()],
    });
    expect(said).toBe('user:default/jane');
    await open.stop();
  });

  it('is waited for while its plugin starts, and refused when it stops', async () => {
    const http = await startHttp();
    const plugin = await http.plugin('slow', { isStarting: true });
    plugin.addWebSocketHandler({ path: '/events', handler: welcome, authPolicy: 'unauthenticated' });
    const dialling = dial(`${http.url}/api/slow/events`);
    await plugin.lifecycle.run('startup');
    expect((await dialling).said).toBe('hello');
    await plugin.lifecycle.run('shutdown');
    const { status, headers } = await dial(`${http.url}/api/slow/events`);
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    await http.stop();
  });
});
