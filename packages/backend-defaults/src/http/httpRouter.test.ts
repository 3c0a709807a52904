import { afterEach, describe, expect, it } from '@jest/globals';
import { startHttp, type TestHttp } from './testing/startHttp.ts';

let http: TestHttp | undefined;

async function start(...options: Parameters<typeof startHttp>): Promise<TestHttp> {
  http = await startHttp(...options);
  return http;
}

afterEach(async () => {
  await http?.stop();
  http = undefined;
});

const asUser = { headers: { authorization: 'Bearer user' } };
const asLimited = { headers: { authorization: 'Bearer limited' } };

describe('core.httpRouter', () => {
  it('serves the handlers in their order under /api/<pluginId>', async () => {
    const { plugin, get } = await start();
    const router = await plugin('alpha');
    router.use((_request, _response, next) => next());
    router.use(async (request, response, next) => {
      if (request.url !== '/hello') return next();
      response.end('hello');
    });
    router.use((request, response) => response.end(`last ${request.url}`));
    expect((await get('/api/alpha/hello', asUser)).body).toBe('hello');
    expect((await get('/api/alpha/other?a=1', asUser)).body).toBe('last /other?a=1');
  });

  it('answers what no handler answers with 404 as JSON', async () => {
    const { plugin, get } = await start();
    await plugin('alpha');
    const { status, body } = await get('/api/alpha/x?y=1', asUser);
    expect(status).toBe(404);
    expect(JSON.parse(body)).toEqual({
      error: { name: 'NotFoundError', message: 'Not found', code: 'ERR_HTTP_ROUTE_NOT_FOUND' },
      request: { method: 'GET', url: '/x?y=1' },
      response: { statusCode: 404 },
    });
  });

  it('demands credentials unless a policy says otherwise', async () => {
    const { plugin, get } = await start();
    const router = await plugin('alpha');
    router.use((_request, response) => response.end('reached'));
    router.addAuthPolicy({ path: '/open', allow: 'unauthenticated' });
    router.addAuthPolicy({ path: '/images/:id/thumbnail', allow: 'user-cookie' });

    const refused = await get('/api/alpha/private');
    expect(refused.status).toBe(401);
    expect((JSON.parse(refused.body) as { error: unknown }).error).toEqual({
      name: 'AuthenticationError',
      message: 'Missing credentials',
      code: 'ERR_CREDENTIALS_MISSING',
    });
    expect((await get('/api/alpha/private', asUser)).body).toBe('reached');
    expect((await get('/api/alpha/private', asLimited)).status).toBe(401);
    expect((await get('/api/alpha/open')).body).toBe('reached');
    expect((await get('/api/alpha/open/deeper?a')).body).toBe('reached');
    expect((await get('/api/alpha/images/7/thumbnail/small', asLimited)).body).toBe('reached');
    expect((await get('/api/alpha/images/7', asLimited)).status).toBe(401);
  });

  it('demands no credentials where the policy is switched off', async () => {
    const { plugin, get } = await start({ auth: { dangerouslyDisableDefaultAuthPolicy: true } });
    const router = await plugin('alpha');
    router.use((_request, response) => response.end('reached'));
    expect((await get('/api/alpha/private')).body).toBe('reached');
  });

  it('gives the public service keys to anyone, also while the plugin starts', async () => {
    const { plugin, get } = await start({}, { isStarting: true });
    await plugin('alpha', { isStarting: true });
    const { status, body } = await get('/api/alpha/.backstage/auth/v1/jwks.json');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ keys: [{ kid: 'key-1' }] });
  });

  it('issues and clears the cookie of a caller with credentials', async () => {
    const { plugin, get } = await start();
    await plugin('alpha');
    const path = '/api/alpha/.backstage/auth/v1/cookie';
    expect((await get(path)).status).toBe(401);
    const issued = await get(path, asUser);
    expect(issued.body).toBe('{"expiresAt":"2030-01-01T00:00:00.000Z"}');
    expect(issued.headers['set-cookie']).toEqual(['backstage-auth=limited']);
    const cleared = await get(path, { method: 'DELETE', ...asUser });
    expect(cleared.status).toBe(204);
    expect(cleared.headers['set-cookie']).toEqual(['backstage-auth=']);
  });

  it('holds requests until the plugin has started, while a ready plugin answers', async () => {
    const { plugin, get } = await start({}, { isStarting: true });
    const slow = await plugin('slow', { isStarting: true });
    slow.use((_request, response) => response.end('slow'));
    const ready = await plugin('ready');
    ready.use((_request, response) => response.end('ready'));

    const held = get('/api/slow/x', asUser);
    expect((await get('/api/ready/x', asUser)).body).toBe('ready');
    await slow.lifecycle.run('startup');
    expect((await held).body).toBe('slow');
  });

  it('refuses a held request with 503 and Retry-After when the time is over', async () => {
    const { plugin, get } = await start(
      { lifecycle: { startupRequestPauseTimeout: { milliseconds: 5 } } },
      { isStarting: true },
    );
    await plugin('slow', { isStarting: true });
    const { status, headers, body } = await get('/api/slow/x');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect((JSON.parse(body) as { error: unknown }).error).toEqual({
      name: 'ServiceUnavailableError',
      message: 'Service has not started up yet',
      code: 'ERR_HTTP_STARTING',
    });
  });

  it('refuses at once what belongs to a plugin that could not start', async () => {
    const { plugin, get, lifecycle } = await start({}, { isStarting: true });
    await plugin('broken', { isStarting: true });
    await lifecycle.run('startup'); // the others have started
    const { status, body } = await get('/api/broken/x');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'ERR_HTTP_START_FAILED' } });
  });

  it('refuses requests of a plugin that is stopping', async () => {
    const { plugin, get } = await start();
    const router = await plugin('alpha');
    router.use((_request, response) => response.end('reached'));
    await router.lifecycle.run('shutdown');
    const { status, body } = await get('/api/alpha/x', asUser);
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({
      error: { message: 'Service is shutting down', code: 'ERR_HTTP_STOPPING' },
    });
  });

  it('answers errors of its handlers with the URL that they saw, logged by the plugin', async () => {
    const { plugin, get, log } = await start();
    const router = await plugin('alpha');
    router.use(() => {
      throw new Error('broken');
    });
    const { status, body } = await get('/api/alpha/x?y=secret', asUser);
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ request: { method: 'GET', url: '/x?y=secret' } });
    const errors = log.filter((line) => line.startsWith('error'));
    expect(errors).toEqual([expect.stringContaining('GET /api/alpha/x failed: broken')]);
    expect(errors.join()).not.toContain('secret');
  });

  it('limits the rate of one plugin where the config says so', async () => {
    const { plugin, get } = await start({
      rateLimit: { global: false, plugin: { alpha: { incomingRequestLimit: 1, ipAllowList: [] } } },
    });
    for (const id of ['alpha', 'beta'])
      (await plugin(id)).use((_request, response) => response.end('reached'));
    expect((await get('/api/alpha/x', asUser)).status).toBe(200);
    expect((await get('/api/alpha/x', asUser)).status).toBe(429);
    expect((await get('/api/beta/x', asUser)).status).toBe(200);
    expect((await get('/api/beta/x', asUser)).headers['ratelimit-limit']).toBeUndefined();
  });
});
