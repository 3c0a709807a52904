/** Handlers written for Express where no Express is loaded; with one, they are tried in `conformance/expressRoutes.test.mjs`. */
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { asNodeHandler, type HttpHandler } from '@vestibule/backend-plugin-api';
import { startHttp, type TestHttp } from './testing/startHttp.ts';

/** As far as these tests use it. */
interface ExpressResponse {
  locals: object;
  status(code: number): ExpressResponse;
  sendStatus(code: number): void;
  json(value: unknown): void;
  send(value?: unknown): void;
  type(type: string): ExpressResponse;
  set(names: Record<string, string>): ExpressResponse;
  redirect(first: number | string, second?: string): void;
  cookie(name: string, value: unknown, options?: object): ExpressResponse;
  clearCookie(name: string): ExpressResponse;
  sendFile(path: string): void;
  end(): void;
}
type ExpressRequest = IncomingMessage & {
  query: unknown;
  path: string;
  ip: string;
  protocol: string;
  hostname: string;
  baseUrl: string;
  get(name: string): unknown;
};
type Route = (request: ExpressRequest, response: ExpressResponse, next: (error?: unknown) => void) => unknown;

const routes: Record<string, Route> = {
  '/json': (request, response) => response.json({ query: request.query, path: request.path }),
  '/request': ({ ip, protocol, hostname, baseUrl, get }, response) =>
    response.json({ ip, protocol, hostname, baseUrl, given: get('X-Given') }),
  '/empty': (_request, response) => response.status(204).send(),
  '/send-status': (_request, response) => response.sendStatus(418),
  '/text': (_request, response) => response.type('text/plain').send('words'),
  '/number': (_request, response) => response.send({ a: [1] }),
  '/redirect': (_request, response) => response.redirect(301, '/a b%20c'),
  '/cookies': (_request, response) =>
    response
      .cookie('one', 'a b', { httpOnly: true, secure: true, sameSite: 'lax', maxAge: 5000 })
      .clearCookie('two')
      .set({ 'X-Mark': 'm' })
      .end(),
  '/file': (_request, response) => response.sendFile('/etc/hostname'),
};

/** What a router of a bundled Express looks like. */
function bundledRouter(): HttpHandler {
  const router: Route = (request, response, next) => {
    const route = routes[request.path];
    return route ? route(request, response, next) : next();
  };
  return Object.assign(router as unknown as HttpHandler, {
    stack: [],
    handle: () => undefined,
    route: () => undefined,
  });
}

let http: TestHttp | undefined;
afterEach(async () => http?.stop());

async function serve(...handlers: HttpHandler[]): Promise<TestHttp> {
  http = await startHttp({}, { isDevelopment: true });
  const router = await http.plugin('hello');
  for (const handler of handlers) router.use(handler);
  router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
  return http;
}

describe('a handler that was written for Express, where no Express is loaded', () => {
  it('finds what most handlers use', async () => {
    const { get, log } = await serve(bundledRouter());
    const json = async (path: string, headers = {}): Promise<unknown> =>
      JSON.parse((await get(`/api/hello${path}`, { headers })).body);
    expect(await json('/json?a=1&b=2&b=3')).toEqual({ query: { a: '1', b: ['2', '3'] }, path: '/json' });
    expect(await json('/request', { 'X-Given': 'g', host: 'portal.example:81' })).toEqual({
      ip: '127.0.0.1',
      protocol: 'http',
      hostname: 'portal.example',
      baseUrl: '/api/hello',
      given: 'g',
    });
    expect(await get('/api/hello/empty')).toMatchObject({ status: 204, body: '' });
    expect(await get('/api/hello/send-status')).toMatchObject({ status: 418, body: "I'm a Teapot" });
    expect(await get('/api/hello/text')).toMatchObject({
      body: 'words',
      headers: { 'content-type': 'text/plain', 'content-length': '5' },
    });
    expect(await get('/api/hello/number')).toMatchObject({ body: '{"a":[1]}' });
    expect(await get('/api/hello/redirect')).toMatchObject({
      status: 301,
      headers: { location: '/a%20b%20c' },
    });
    expect((await get('/api/hello/cookies')).headers).toMatchObject({
      'x-mark': 'm',
      'set-cookie': [
        'one=a%20b; Max-Age=5; Path=/; HttpOnly; Secure; SameSite=lax',
        'two=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      ],
    });
    expect((await get('/api/hello/nowhere')).status).toBe(404);
    expect(log.filter((line) => line.includes('no Express was found'))).toHaveLength(1);
  });

  it('reads the query of a path that begins with two slashes, which names no host', async () => {
    const { get } = await serve(
      ((request: ExpressRequest, response: ExpressResponse) =>
        response.json([request.path, request.query])) as unknown as HttpHandler,
      bundledRouter(),
    );
    for (const path of ['//[', '//x:99999/y', '//', '//host/json', '//%20:80']) {
      expect(await get(`/api/hello${path}?a=//[?&a=2`)).toMatchObject({
        status: 200,
        body: JSON.stringify([path, { a: ['//[?', '2'] }]),
      });
    }
  });

  it('is told in one sentence of what is not there', async () => {
    const { get } = await serve(bundledRouter());
    const { status, body } = await get('/api/hello/file');
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({
      error: {
        code: 'ERR_HTTP_EXPRESS_MISSING',
        message: "res.sendFile is Express's, and no Express was found among the modules of this process",
      },
    });
  });

  it('may be middleware that handles errors, which is asked after one, and only then', async () => {
    const asked: string[] = [];
    const failing: Route = (request, response, next) =>
      request.path === '/fails' ? next(new Error('no')) : response.json('fine');
    const handling = (error: Error, _request: unknown, response: ExpressResponse, _next: unknown) => {
      asked.push(error.message);
      response.status(409).json('handled');
    };
    const { get, log } = await serve(failing as unknown as HttpHandler, handling as unknown as HttpHandler);
    expect(await get('/api/hello/fails')).toMatchObject({ status: 409, body: '"handled"' });
    expect(await get('/api/hello/works')).toMatchObject({ status: 200, body: '"fine"' });
    expect(asked).toEqual(['no']);
    // Nobody brought a router.
    expect(log.join()).not.toContain('Express');
  });

  it('is served the same on the root', async () => {
    http = await startHttp();
    http.root.use('/extra', bundledRouter());
    expect(await http.get('/extra/json?a=1')).toMatchObject({ body: '{"query":{"a":"1"},"path":"/json"}' });
  });
});

it('a handler that was made for Node finds a request and a response as Node has them', async () => {
  const { get } = await serve(
    asNodeHandler((request, response) => response.end(String('query' in request || 'json' in response))),
  );
  expect((await get('/api/hello')).body).toBe('false');
});
