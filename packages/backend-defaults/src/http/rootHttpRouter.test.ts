import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { InputError, ServiceUnavailableError } from '@vestibule/backend-plugin-api';
import type { MountedRequest } from './handlers.ts';
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

describe('core.rootHttpRouter', () => {
  it('gives handlers mount-relative URLs, a status of 200, and request and response of each other', async () => {
    const { root, get } = await start();
    root.use('/mount', (request: MountedRequest & { res?: unknown }, response) => {
      const { url, originalUrl, baseUrl } = request;
      const linked = request.res === response && response.req === request;
      response.end(JSON.stringify({ url, originalUrl, baseUrl, linked, status: response.statusCode }));
    });
    const seen = { baseUrl: '/mount', linked: true, status: 200 };
    expect(JSON.parse((await get('/mount/a?b=c')).body)).toEqual({
      ...seen,
      url: '/a?b=c',
      originalUrl: '/mount/a?b=c',
    });
    expect(JSON.parse((await get('/mount')).body)).toEqual({ ...seen, url: '/', originalUrl: '/mount' });
    expect(JSON.parse((await get('/mount?b')).body)).toEqual({
      ...seen,
      url: '/?b',
      originalUrl: '/mount?b',
    });
    expect((await get('/mounted')).status).toBe(404);
  });

  it('answers unknown paths with 404 and no body', async () => {
    const { get } = await start();
    const answer = await get('/api/unknown');
    expect(answer.status).toBe(404);
    expect(answer.body).toBe('');
    expect(answer.headers['content-length']).toBe('0');
  });

  it('asks the fallback last, with the URL as it was sent', async () => {
    const { root, get } = await start();
    root.use('/', (request, response) => response.end(`fallback ${request.url}`));
    root.use('/mount', (request, response, next) =>
      request.url === '/own' ? response.end('mount') : next(),
    );
    expect((await get('/mount/own')).body).toBe('mount');
    expect((await get('/mount/other')).body).toBe('fallback /mount/other');
    expect((await get('/')).body).toBe('fallback /');
  });

  it('refuses mounts that contain one another, and a second fallback', async () => {
    const { root } = await start();
    const handler = () => undefined;
    root.use('/api/auth', handler);
    root.use('/', handler);
    for (const path of ['/api', '/api/auth', '/api/auth/', '/api/auth/x', '/']) {
      expect(() => root.use(path, handler)).toThrow(
        expect.objectContaining({ code: 'ERR_HTTP_PATH_CONFLICT' }),
      );
    }
    root.use('/api/authority', handler);
  });

  it.each([
    [
      'throws',
      () => {
        throw new InputError('ERR_TEST', 'bad');
      },
    ],
    [
      'rejects',
      async () => {
        throw new InputError('ERR_TEST', 'bad');
      },
    ],
    [
      'gives to next',
      (_request: unknown, _response: unknown, next: (error: unknown) => void) =>
        next(new InputError('ERR_TEST', 'bad')),
    ],
  ])('answers an error that a handler %s in the shape that clients know', async (_how, handler) => {
    const { root, get, log } = await start();
    root.use('/mount', handler);
    const answer = await get('/mount/a?b=c');
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toBe(
      '{"error":{"name":"InputError","message":"bad","code":"ERR_TEST"},"request":{"method":"GET","url":"/a?b=c"},"response":{"statusCode":400}}',
    );
    expect(log.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('hides unknown errors behind a reference to the log, together with hints and causes', async () => {
    const { root, get, log } = await start();
    root.use('/mount', () => {
      throw Object.assign(new TypeError('secret detail', { cause: 'secret cause' }), {
        code: 'ERR_INVALID_CHAR',
        hint: 'secret hint',
      });
    });
    const { status, body } = await get('/mount');
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
    const { error } = JSON.parse(body) as { error: { message: string } };
    expect(Object.keys(error)).toEqual(['name', 'message']);
    const [, logId] = /^An internal error occurred logId=([0-9a-f]{20})$/.exec(error.message) ?? [];
    expect(log).toContainEqual(expect.stringMatching(`error GET /mount failed: secret detail .*${logId}`));
  });

  it('shows the message and Retry-After of an error that says when to come back', async () => {
    const { root, get } = await start();
    root.use('/mount', () => {
      throw new ServiceUnavailableError('ERR_TEST', 'later', { retryAfterSeconds: 7, hint: 'secret hint' });
    });
    const { status, headers, body } = await get('/mount');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('7');
    expect((JSON.parse(body) as { error: unknown }).error).toEqual({
      name: 'ServiceUnavailableError',
      message: 'later',
      code: 'ERR_TEST',
    });
  });

  it('sends stacks, indented, in development only', async () => {
    const { root, get } = await start({}, { isDevelopment: true });
    root.use('/mount', () => {
      throw new Error('broken');
    });
    const { body } = await get('/mount');
    expect(body).toMatch(
      /^\{\n {2}"error": \{\n {4}"name": "Error",\n {4}"message": "broken",\n {4}"stack": "Error: broken/,
    );
  });

  it('answers a handler that throws nothing, and a value that is no error, with 500', async () => {
    const { root, get } = await start();
    root.use('/nothing', () => Promise.reject());
    root.use('/text', (_request, _response, next) => next('some text'));
    expect((await get('/nothing')).status).toBe(500);
    expect((await get('/text')).status).toBe(500);
  });

  it('cuts the connection when an error comes after the answer has begun', async () => {
    const { root, get } = await start();
    root.use('/mount', (_request, response) => {
      response.write('begun');
      throw new Error('too late');
    });
    await expect(get('/mount')).rejects.toThrow('socket hang up');
  });

  it('drops what an interrupted handler said of its body, and keeps its cookies', async () => {
    const { root, get } = await start();
    root.use('/mount', (_request, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      response.setHeader('Content-Length', '3');
      response.setHeader('ETag', '"1"');
      response.setHeader('Set-Cookie', 'ticket=; Max-Age=0');
      throw new InputError('ERR_TEST', 'bad');
    });
    const { headers, body } = await get('/mount');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.etag).toBeUndefined();
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers['set-cookie']).toEqual(['ticket=; Max-Age=0']);
  });

  it('sends the security headers over http without those that ask for https', async () => {
    const { get } = await start();
    const { headers } = await get('/');
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self' 'unsafe-eval';script-src-attr 'none';style-src 'self' https: 'unsafe-inline'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-dns-prefetch-control': 'off',
      'x-download-options': 'noopen',
      'x-frame-options': 'SAMEORIGIN',
      'x-permitted-cross-domain-policies': 'none',
      'x-xss-protection': '0',
    });
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('sends those that ask for https where browsers use https, and what backend.csp and referrer change', async () => {
    const { get } = await start({
      baseUrl: 'https://portal.example.com',
      csp: { scriptSrc: ["'self'"], 'style-src': false, 'connect-src': ["'self'", 'https:'] },
      referrer: { policy: ['origin', 'same-origin'] },
    });
    const { headers } = await get('/');
    expect(headers['content-security-policy']).toBe(
      "default-src 'self';base-uri 'self';font-src 'self' https: data:;frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';upgrade-insecure-requests;connect-src 'self' https:",
    );
    expect(headers['strict-transport-security']).toBe('max-age=15552000; includeSubDomains');
    expect(headers['referrer-policy']).toBe('origin,same-origin');
  });

  it('lets a handler replace and remove security headers', async () => {
    const { root, get } = await start();
    root.use('/mount', (_request, response) => {
      response.setHeader('Content-Security-Policy', "default-src 'none'");
      response.removeHeader('X-Frame-Options');
      response.end();
    });
    const { headers } = await get('/mount');
    expect(headers['content-security-policy']).toBe("default-src 'none'");
    expect(headers['x-frame-options']).toBeUndefined();
  });

  it('logs each answer at debug, without its query', async () => {
    const { root, get, log, lifecycle } = await start();
    root.use('/mount', (_request, response) => response.end());
    await get('/mount/a?code=secret');
    await lifecycle.run('beforeShutdown'); // when it is over, so are all answers
    const lines = log.filter((line) => line.startsWith('debug'));
    expect(lines).toEqual([expect.stringMatching(/^debug GET \/mount\/a 200 \d+ ms /)]);
  });

  it('logs no part of a path that is a handle, also where the answer is an error', async () => {
    const { root, get, log, lifecycle } = await start();
    root.use('/mount', (_request, _response, next) => next(new Error('broken')));
    const handles = [32, 48, 4500].map((bytes) => randomBytes(bytes).toString('base64url'));
    for (const handle of handles) {
      await get(`/mount/${handle}/approve`);
      await get(`/mount/${handle}`);
    }
    // The longest name that an entity may have.
    await get(`/mount/${'n'.repeat(63)}`);
    await lifecycle.run('beforeShutdown');
    for (const handle of handles) expect(log.join('\n')).not.toContain(handle.slice(0, 30));
    expect(log).toContainEqual(expect.stringContaining(`debug GET /mount/${'n'.repeat(63)} 500`));
    for (const line of ['error GET /mount/<handle>/approve failed: broken', 'debug GET /mount/<handle> 500'])
      expect(log).toContainEqual(expect.stringContaining(line));
  });

  it('refuses to start on a port in use, and says what to do', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startHttp({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'ERR_HTTP_LISTEN',
      message: `Cannot listen: port ${port} of 127.0.0.1 is in use. Stop what listens there, or set backend.listen to another port.`,
    });
    other.close();
  });

  it('refuses to start with a certificate that is none', async () => {
    const certificate = { cert: 'no certificate', key: 'secret text' };
    await expect(startHttp({ https: { certificate } })).rejects.toMatchObject({
      code: 'ERR_HTTP_TLS_INVALID',
      message: expect.not.stringContaining('secret'),
    });
  });

  it('frees its port at shutdown, also when the start failed before', async () => {
    const first = await startHttp({}, { isStarting: true });
    const { port } = first.server.address();
    await first.lifecycle.run('shutdown');
    const { server } = await start({ listen: port });
    expect(server.address()).toMatchObject({ port, address: '127.0.0.1' });
  });
});
