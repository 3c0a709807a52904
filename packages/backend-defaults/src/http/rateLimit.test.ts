import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { createRateLimit } from './rateLimit.ts';
import { startHttp, type TestHttp } from './testing/startHttp.ts';

let http: TestHttp | undefined;

afterEach(async () => {
  await http?.stop();
  http = undefined;
});

/** As much of a response as a limit touches. */
function fakeResponse() {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => (headers[name] = value),
    end: () => undefined,
  };
  return { headers, response: response as unknown as ServerResponse };
}

function limitOf(config: Parameters<typeof createRateLimit>[0], maximalAddresses?: number) {
  const clock = { now: 0 };
  const limit = createRateLimit(config, {
    key: 'backend.rateLimit',
    monotonicMilliseconds: () => clock.now,
    ...(maximalAddresses !== undefined && { maximalAddresses }),
  });
  return { clock, isOver: (address: string) => limit(address, fakeResponse().response) };
}

describe('rate limits', () => {
  it('are off unless configured', async () => {
    http = await startHttp();
    expect((await http.get('/')).headers['ratelimit-limit']).toBeUndefined();
  });

  it('exempt loopback by default', async () => {
    http = await startHttp({ rateLimit: { incomingRequestLimit: 1 } });
    await http.get('/');
    expect((await http.get('/')).status).toBe(404);
  });

  it('answer 429 with standard headers, and leave health alone', async () => {
    http = await startHttp({
      trustProxy: true,
      rateLimit: { incomingRequestLimit: 2, window: '30s', ipAllowList: ['10.0.0.0/8'] },
    });
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const first = await http.get('/', from('203.0.113.7'));
    expect(first.status).toBe(404);
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '2;w=30',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '30',
    });
    await http.get('/', from('203.0.113.7'));
    const refused = await http.get('/', from('203.0.113.7'));
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({ 'retry-after': '30', 'ratelimit-remaining': '0' });
    expect(JSON.parse(refused.body)).toEqual({
      error: { name: 'Error', message: 'Too many requests, please try again later' },
      response: { statusCode: 429 },
    });
    expect((await http.get('/', from('203.0.113.8'))).status).toBe(404);
    expect((await http.get('/', from('10.1.2.3'))).headers['ratelimit-limit']).toBeUndefined();
    expect((await http.get('/.backstage/health/v1/liveness', from('203.0.113.7'))).status).toBe(200);
  });

  it('begin anew with the next window', () => {
    const { clock, isOver } = limitOf({ incomingRequestLimit: 1, window: 1000 });
    expect([isOver('203.0.113.7'), isOver('203.0.113.7')]).toEqual([false, true]);
    clock.now = 1001;
    expect(isOver('203.0.113.7')).toBe(false);
  });

  it('count the addresses of one IPv6 network together', () => {
    const { isOver } = limitOf({ incomingRequestLimit: 2 });
    expect([isOver('2001:db8::1'), isOver('2001:db8::2:0:0:1'), isOver('2001:0db8:0:0:ffff::')]).toEqual([
      false,
      false,
      true,
    ]);
    expect(isOver('2001:db8:0:1::1')).toBe(false);
  });

  it('remember a bounded number of addresses', () => {
    const { isOver } = limitOf({ incomingRequestLimit: 1 }, 2);
    isOver('203.0.113.1');
    isOver('203.0.113.2');
    isOver('203.0.113.3');
    expect(isOver('203.0.113.3')).toBe(true);
    expect(isOver('203.0.113.1')).toBe(false);
  });

  it('count callers who are known by themselves, whatever their address, at the root and for a plugin', async () => {
    http = await startHttp({
      rateLimit: {
        incomingRequestLimit: 2,
        ipAllowList: [],
        plugin: { reports: { incomingRequestLimit: 1, ipAllowList: [] } },
      },
    });
    const plugin = await http.plugin('reports');
    plugin.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
    plugin.use((_request, response) => response.end());
    const statusOf = async (path: string, caller?: string) =>
      (await http!.get(path, { headers: { ...(caller && { 'x-caller': caller }) } })).status;
    expect([await statusOf('/'), await statusOf('/'), await statusOf('/')]).toEqual([404, 404, 429]);
    expect([await statusOf('/', 'jane'), await statusOf('/', 'omar')]).toEqual([404, 404]);
    expect([await statusOf('/', 'jane'), await statusOf('/', 'jane')]).toEqual([404, 429]);
    expect(await statusOf('/', 'omar')).toBe(404);
    expect(await statusOf('/api/reports/', 'kim')).toBe(200);
    expect(await statusOf('/api/reports/', 'kim')).toBe(429);
    expect(await statusOf('/api/reports/', 'ali')).toBe(200);
  });

  it('do not count successes where they are to be skipped', async () => {
    http = await startHttp({
      rateLimit: { incomingRequestLimit: 1, ipAllowList: [], skipSuccessfulRequests: true },
    });
    http.root.use('/ok', (_request, response) => response.end());
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await http.get('/ok')).status).toBe(200);
    expect((await http.get('/missing')).status).toBe(404);
    expect((await http.get('/ok')).status).toBe(429);
  });
});
