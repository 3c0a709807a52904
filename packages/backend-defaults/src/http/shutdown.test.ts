import { Agent, request, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startHttp, type TestHttp } from './testing/startHttp.ts';

let http: TestHttp | undefined;
let agent: Agent | undefined;

async function start(...options: Parameters<typeof startHttp>): Promise<TestHttp> {
  http = await startHttp(...options);
  return http;
}

afterEach(async () => {
  agent?.destroy();
  await http?.stop();
});

/** A handler that answers when the test says so. */
function createHeldHandler() {
  const arrivals: ((response: ServerResponse) => void)[] = [];
  return {
    handler: (_request: unknown, response: ServerResponse) => arrivals.shift()?.(response),
    arrival: () => new Promise<ServerResponse>((resolve) => arrivals.push(resolve)),
  };
}

/** @returns What the listener says of an idle connection, in seconds. */
async function keptSeconds(): Promise<string | undefined> {
  const answer = await http?.get('/', { headers: { connection: 'keep-alive' } });
  return /timeout=(\d+)/.exec(String(answer?.headers['keep-alive']))?.[1];
}

describe('idle connections', () => {
  it('are kept for longer than a load balancer keeps them, or for as long as the config says', async () => {
    await start();
    expect(Number(await keptSeconds())).toBeGreaterThan(60);
    await http?.stop();
    await start({ server: { keepAliveTimeout: '310s' } });
    expect(await keptSeconds()).toBe('310');
  });
});

describe('shutdown of the listener', () => {
  it('finishes the requests in flight, closes idle connections and accepts no more', async () => {
    const { root, get, lifecycle, server } = await start();
    const held = createHeldHandler();
    root.use('/held', held.handler);
    root.use('/quick', (_request, response) => response.end());
    agent = new Agent({ keepAlive: true });
    const idle = request({ port: server.address().port, host: '127.0.0.1', path: '/quick', agent }).end();
    const [answer] = await once(idle, 'response');
    answer.resume();
    await once(answer, 'end');

    const arrival = held.arrival();
    const inFlight = get('/held');
    const response = await arrival;
    const ended = lifecycle.run('beforeShutdown');
    await expect(get('/quick')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    response.end('finished');
    const last = await inFlight;
    expect(last.body).toBe('finished');
    expect(last.headers.connection).toBe('close');
    await ended;
  });

  it('cuts what does not finish within the deadline', async () => {
    const { root, get, lifecycle, log } = await start({
      lifecycle: { shutdownTimeout: { milliseconds: 20 } },
    });
    const held = createHeldHandler();
    root.use('/held', held.handler);
    const arrival = held.arrival();
    const cut = expect(get('/held')).rejects.toThrow('socket hang up');
    await arrival;
    await lifecycle.run('beforeShutdown');
    await cut;
    expect(log).toContainEqual(expect.stringContaining('1 requests did not finish in time'));
  });

  it('serves on for backend.lifecycle.serverShutdownDelay, with readiness at 503', async () => {
    const { root, get, lifecycle } = await start({ lifecycle: { serverShutdownDelay: '1h' } });
    root.use('/quick', (_request, response) => response.end('served'));
    void lifecycle.run('beforeShutdown');
    expect((await get('/.backstage/health/v1/readiness')).status).toBe(503);
    expect((await get('/quick')).body).toBe('served');
  });

  it('does not wait for requests when the start has failed', async () => {
    const { lifecycle, get } = await start(
      { lifecycle: { serverShutdownDelay: '1h' } },
      { isStarting: true },
    );
    await lifecycle.run('beforeShutdown');
    await expect(get('/quick')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('refuses new requests on a connection that was kept', async () => {
    const { root, server, lifecycle } = await start();
    const held = createHeldHandler();
    root.use('/held', held.handler);
    const arrival = held.arrival();
    const socket = connect(server.address().port, '127.0.0.1');
    // The second request has begun, so that its connection is not idle when the first has been answered.
    socket.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\nGET /held HTTP/1.1\r\nHost: x\r\n');
    const answers = text(socket);
    const response = await arrival;
    response.write('begun'); // with headers that promise to keep the connection
    const ended = lifecycle.run('beforeShutdown');
    response.end('finished');
    socket.write('\r\n');
    const [, first = '', second = ''] = (await answers).split('HTTP/1.1 ');
    expect(first).toMatch(/^200 [^]*finished/);
    expect(second).toMatch(/^503 [^]*Connection: close[^]*"code":"ERR_HTTP_STOPPING"/);
    await ended;
  });
});
