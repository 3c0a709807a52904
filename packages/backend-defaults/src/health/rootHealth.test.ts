import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createConfigReader } from '../config/configReader.ts';
import { treeOf } from '../config/configTree.ts';
import { startHttp, type TestHttp } from '../http/testing/startHttp.ts';
import { createHealthProbes } from './healthProbes.ts';

let http: TestHttp | undefined;

afterEach(async () => {
  await http?.stop();
});

const readiness = '/.backstage/health/v1/readiness';
const liveness = '/.backstage/health/v1/liveness';

describe('core.rootHealth', () => {
  it('is ready from the end of the start to the begin of the shutdown, and alive throughout', async () => {
    http = await startHttp({ lifecycle: { serverShutdownDelay: '1h' } }, { isStarting: true });
    const { get, lifecycle } = http;
    const ask = async (path: string) => {
      const { status, body } = await get(path);
      return [status, JSON.parse(body)];
    };
    expect(await ask(readiness)).toEqual([503, { message: 'Backend has not started yet', status: 'error' }]);
    expect(await ask(liveness)).toEqual([200, { status: 'ok' }]);
    await lifecycle.run('startup');
    expect(await ask(readiness)).toEqual([200, { status: 'ok' }]);
    void lifecycle.run('beforeShutdown');
    expect(await ask(readiness)).toEqual([503, { message: 'Backend is shutting down', status: 'error' }]);
    expect(await ask(liveness)).toEqual([200, { status: 'ok' }]);
  });

  it('sends the headers of backend.health.headers', async () => {
    http = await startHttp({ health: { headers: { 'x-service': 'portal' } } });
    expect((await http.get(readiness)).headers['x-service']).toBe('portal');
    expect((await http.get('/other')).headers['x-service']).toBeUndefined();
  });

  it('is no route for other methods', async () => {
    http = await startHttp();
    expect((await http.get(readiness, { method: 'POST' })).status).toBe(404);
  });
});

it('a status that a service of somebody else gives without a payload is answered without one', async () => {
  const config = createConfigReader(treeOf({}), 'data');
  const health = async () => Promise.resolve({ status: 200 });
  const probes = createHealthProbes({ getReadiness: health, getLiveness: health }, config);
  const server = createServer((request, response) => void probes(request)?.(request, response));
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    for (const path of [readiness, liveness]) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([answer.status, await answer.text()]).toEqual([200, '']);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
