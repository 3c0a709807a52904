import { afterEach, describe, expect, it } from '@jest/globals';
import { startHttp, type TestHttp } from '../http/testing/startHttp.ts';

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
