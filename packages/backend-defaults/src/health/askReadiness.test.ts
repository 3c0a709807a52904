import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@vestibule/backend-plugin-api';
import { startHttp, type TestHttp } from '../http/testing/startHttp.ts';
import { makeSelfSignedPair } from '../http/selfSigned.ts';
import { askReadiness } from './askReadiness.ts';

const patience = { timeoutMilliseconds: 5000 };
const stops: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map(async (stop) => stop()));
});

/** A server, and its port. */
async function serve(listener: RequestListener, { host = '127.0.0.1', isTls = false } = {}): Promise<number> {
  const pair = isTls ? await makeSelfSignedPair('portal.example.com', systemClock) : undefined;
  const server = pair ? createTlsServer(pair, listener) : createServer(listener);
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, host), 'listening');
  return (server.address() as AddressInfo).port;
}

describe('asking for readiness', () => {
  it('tells what a backend says of itself, from its start to its end', async () => {
    const http: TestHttp = await startHttp(
      { lifecycle: { serverShutdownDelay: '1h' } },
      { isStarting: true },
    );
    stops.push(async () => http.stop());
    const { url, lifecycle } = http;
    expect(await askReadiness(url, patience)).toBe(`${url} answers 503: Backend has not started yet`);
    await lifecycle.run('startup');
    expect(await askReadiness(url, patience)).toBeUndefined();
    void lifecycle.run('beforeShutdown');
    expect(await askReadiness(url, patience)).toBe(`${url} answers 503: Backend is shutting down`);
  });

  it('asks below a path, and takes any answer that is a success', async () => {
    const asked: unknown[] = [];
    const port = await serve(({ url }, response) => {
      asked.push(url);
      response.writeHead(204).end();
    });
    expect(await askReadiness(`http://127.0.0.1:${port}/portal/`, patience)).toBeUndefined();
    expect(asked).toEqual(['/portal/.backstage/health/v1/readiness']);
  });

  it.each(['127.0.0.1', '::1'])(
    'finds localhost at %s, whatever the system says of that name',
    async (host) => {
      const port = await serve((_request, response) => response.end(), { host });
      expect(await askReadiness(`http://localhost:${port}`, patience)).toBeUndefined();
    },
  );

  it('does not judge the certificate, which is made out to another name', async () => {
    const port = await serve((_request, response) => response.end(), { isTls: true });
    expect(await askReadiness(`https://localhost:${port}`, patience)).toBeUndefined();
  });

  it('tells of an answer of somebody else by its status, whatever it holds', async () => {
    const port = await serve((_request, response) => response.writeHead(404).end('x'.repeat(100_000)));
    const url = `http://127.0.0.1:${port}`;
    expect(await askReadiness(url, patience)).toBe(`${url} answers 404`);
  });

  it('prints what it is told on one line', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(503).end(JSON.stringify({ message: 'no\n  database' })),
    );
    const url = `http://127.0.0.1:${port}`;
    expect(await askReadiness(url, patience)).toBe(`${url} answers 503: no database`);
  });

  it('waits no longer than it was told, also for the rest of an answer', async () => {
    const silent = `http://127.0.0.1:${await serve(() => undefined)}`;
    const slow = `http://127.0.0.1:${await serve((_request, response) => response.writeHead(503).write('{'))}`;
    for (const url of [silent, slow]) {
      expect(await askReadiness(url, { timeoutMilliseconds: 100 })).toBe(
        `${url} has not answered within 0.1 s`,
      );
    }
  });

  it('tells where nothing listens', async () => {
    const port = await serve(() => undefined);
    stops.splice(0).forEach((stop) => stop());
    const url = `http://localhost:${port}`;
    expect(await askReadiness(url, patience)).toBe(`nothing listens at ${url}`);
  });

  it('tells of what is no HTTP', async () => {
    const port = await serve((request) => request.socket.end('nothing of the kind\r\n\r\n'));
    const url = `http://127.0.0.1:${port}`;
    expect(await askReadiness(url, patience)).toBe(`${url} cannot be asked: HPE_INVALID_CONSTANT`);
  });
});
