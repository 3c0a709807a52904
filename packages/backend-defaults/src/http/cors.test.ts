import { afterEach, describe, expect, it } from '@jest/globals';
import { originMatcher } from './cors.ts';
import { startHttp, type TestHttp } from './testing/startHttp.ts';

let http: TestHttp | undefined;

afterEach(async () => {
  await http?.stop();
});

const preflight = {
  'access-control-request-method': 'GET',
  'access-control-request-headers': 'x-requested-with',
};

async function start(cors?: Record<string, never> | Record<string, string | string[] | boolean | number>) {
  http = await startHttp(cors ? { cors } : {});
  http.root.use('/mount', (request, response) => response.end(request.method));
  return http;
}

function corsHeaders(headers: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary'),
  );
}

describe('CORS', () => {
  it('is silent where it is not configured', async () => {
    const { get } = await start();
    const { headers } = await get('/mount', { headers: { origin: 'http://localhost:3000' } });
    expect(corsHeaders(headers)).toEqual({});
  });

  it('answers a preflight of an allowed origin with 204', async () => {
    const { get } = await start({
      origin: 'http://localhost:3000',
      credentials: true,
      methods: ['GET', 'POST'],
    });
    const answer = await get('/mount', {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', ...preflight },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['content-length']).toBe('0');
    expect(corsHeaders(answer.headers)).toEqual({
      'access-control-allow-origin': 'http://localhost:3000',
      vary: 'Origin, Access-Control-Request-Headers',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-requested-with',
    });
  });

  it('lets a request of an allowed origin through with its headers', async () => {
    const { get } = await start({
      origin: ['http://localhost:*'],
      credentials: true,
      exposedHeaders: 'x-a, x-b',
    });
    const { body, headers } = await get('/mount', { headers: { origin: 'http://localhost:3000' } });
    expect(body).toBe('GET');
    expect(corsHeaders(headers)).toEqual({
      'access-control-allow-origin': 'http://localhost:3000',
      vary: 'Origin',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-a,x-b',
    });
  });

  it.each(['http://evil.example', 'null', 'http://localhost:3000.evil.example', ''])(
    'gives the origin %j nothing, and its preflight to the handlers',
    async (origin) => {
      const { get } = await start({ origin: 'http://localhost:3000', credentials: true });
      const { body, headers } = await get('/mount', { method: 'OPTIONS', headers: { origin, ...preflight } });
      expect(body).toBe('OPTIONS');
      expect(corsHeaders(headers)).toEqual({ vary: 'Origin' });
    },
  );

  it('allows nobody where no origin is named, and says so at start', async () => {
    const { get, log } = await start({ credentials: true });
    const { headers } = await get('/mount', { headers: { origin: 'http://localhost:3000' } });
    expect(corsHeaders(headers)).toEqual({});
    expect(log).toContainEqual(expect.stringContaining('backend.cors has no origin'));
  });
});

describe('originMatcher', () => {
  it.each([
    ['https://*.example.com', 'https://a.example.com', true],
    ['https://*.example.com', 'https://a.b.example.com', true],
    ['https://*.example.com', 'HTTPS://A.EXAMPLE.COM', true],
    ['https://*.example.com', 'https://example.com', false],
    ['https://*.example.com', 'https://evil.com/.example.com', false],
    ['https://**.example.com', 'https://evil.com/.example.com', false],
    ['https://{a,b}.example.com', 'https://b.example.com', true],
    ['*', 'https://a.example.com', false],
  ])('%j on %j is %s', (pattern, origin, expected) => {
    expect(originMatcher([pattern])(origin)).toBe(expected);
  });
});
