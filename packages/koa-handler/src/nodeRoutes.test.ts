import { once } from 'node:events';
import { createServer, request as sendRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpHandler } from '@vestibule/backend-plugin-api';
import { koaHandler } from './koaHandler.ts';
import { nodeRoutes, type RouteContext } from './nodeRoutes.ts';
import { redirect } from './redirect.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  text: string;
}

/** A host in miniature, which says what came back through next(). */
async function serve(handler: HttpHandler) {
  const server = createServer((request, response) => {
    response.statusCode = 200;
    handler(request, response, (error) => {
      if (response.headersSent) response.destroy();
      else response.end(`passed: ${error === undefined ? 'nothing' : String(error)}`);
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return async (path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = sendRequest({ port, path, method, headers, agent: false }, (response) => {
        const { date: _date, connection: _connection, ...rest } = response.headers;
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, headers: rest, text }));
      });
      sent.on('error', reject).end();
    });
}

type Handle = (ctx: RouteContext) => unknown;

describe('a route answers as under Koa', () => {
  const error = new TypeError('broken');
  const cases: [string, Handle, [method?: string, headers?: Record<string, string>]?][] = [
    ['an object', (ctx) => void (ctx.body = { a: 'ü', b: [1, null] })],
    ['a list', (ctx) => void (ctx.body = [1])],
    ['text', (ctx) => void (ctx.body = 'plain ü')],
    ['markup', (ctx) => void (ctx.body = ' <p>ü</p>')],
    ['bytes', (ctx) => void (ctx.body = Buffer.from([0, 255]))],
    [
      'bytes of a type',
      (ctx) => void ((ctx.type = 'application/json; charset=utf-8'), (ctx.body = Buffer.from('{}'))),
    ],
    ['an object of a type', (ctx) => void ((ctx.type = 'application/problem+json'), (ctx.body = {}))],
    ['an object after text', (ctx) => void ((ctx.body = 'text'), (ctx.body = { a: 1 }))],
    ['a status before the body', (ctx) => void ((ctx.status = 404), (ctx.body = { error: 'x' }))],
    ['a status after the body', (ctx) => void ((ctx.body = { status: 'down' }), (ctx.status = 503))],
    [
      'headers',
      (ctx) => (
        ctx.set({ 'X-A': '1', 'x-b': '2' }),
        ctx.set('X-C', '3'),
        ctx.remove('x-b'),
        (ctx.body = 'a')
      ),
    ],
    ['a redirect', (ctx) => redirect(ctx, 'https://acme.example/a?b=%20c')],
    ['HEAD', (ctx) => void (ctx.body = { a: 1 }), ['HEAD']],
    ['HEAD of text', (ctx) => void (ctx.body = 'text'), ['HEAD']],
    [
      'what it was asked',
      (ctx) => void (ctx.body = [ctx.method, ctx.path, ctx.querystring, ctx.get('X-Given'), ctx.get('none')]),
      ['POST', { 'x-given': 'ü' }],
    ],
    [
      'what the caller takes',
      (ctx) => void (ctx.body = [ctx.accepts('json', 'html')]),
      ['GET', { accept: 'text/html,*/*;q=0.1' }],
    ],
    [
      'what the caller takes, of two',
      (ctx) => void (ctx.body = [ctx.accepts('json', 'html')]),
      ['GET', { accept: '*/*' }],
    ],
    [
      'what the caller does not take',
      (ctx) => void (ctx.body = [ctx.accepts('json', 'html')]),
      ['GET', { accept: 'image/png' }],
    ],
    ['nothing', () => undefined],
    [
      'an error',
      () => {
        throw error;
      },
    ],
    [
      'an error after a status',
      (ctx) => {
        ctx.status = 201;
        throw error;
      },
    ],
    ['a rejection', async () => Promise.reject(error)],
    [
      'after a while',
      async (ctx) => {
        await new Promise((resolve) => setImmediate(resolve));
        ctx.body = 'late';
      },
    ],
  ];

  it.each(cases)(
    'with %s',
    async (_, handle, given: [method?: string, headers?: Record<string, string>] = []) => {
      const [method, headers] = given;
      const path = '/a%20b?c=d&e';
      const ours = await serve(
        nodeRoutes([{ methods: ['GET', 'HEAD', 'POST'], path: /.*/, handle: (ctx) => handle(ctx) }]),
      );
      const koas = await serve(koaHandler((ctx) => handle(ctx)));
      expect(await ours(path, method, headers)).toEqual(await koas(path, method, headers));
    },
  );
});

describe('of several routes', () => {
  const named =
    (name: string) =>
    (ctx: RouteContext, ...names: string[]) =>
      void (ctx.body = [name, ...names]);
  const handler = nodeRoutes([
    { methods: ['GET'], path: /^\/v1\/me$/, handle: named('me') },
    { methods: ['GET', 'POST'], path: /^\/([^/]+)\/start$/i, handle: named('start') },
    { methods: ['GET'], path: /^\/([^/]+)(?:\/.*)?$/, handle: named('rest') },
  ]);

  it.each([
    ['GET', '/v1/me', '["me"]'],
    ['GET', '/v1/me?x', '["me"]'],
    ['POST', '/a%20b/start', '["start","a b"]'],
    ['GET', '/%zz/START', '["start","%zz"]'],
    ['GET', '/acme/else/where', '["rest","acme"]'],
    ['POST', '/v1/me', 'passed: nothing'],
    ['HEAD', '/v1/me', ''],
    ['GET', '/', 'passed: nothing'],
  ])('%s %s asks the first that fits', async (method, path, text) => {
    expect((await (await serve(handler))(path, method)).text).toBe(text);
  });
});

it('gives what captured nothing as the empty text, matches a pattern that remembers each time, and keeps `this`', async () => {
  const route = {
    name: 'mine',
    methods: ['GET'],
    path: /^\/a(b)?$/g,
    handle(this: { name: string }, ctx: RouteContext, ...names: string[]) {
      ctx.body = [this.name, ...names];
    },
  };
  const ask = await serve(nodeRoutes([route]));
  for (let time = 0; time < 3; time += 1) expect((await ask('/a')).text).toBe('["mine",""]');
});

it.each([204, 304])('says no length of what has no body: %i', async (status) => {
  const ask = await serve(
    nodeRoutes([{ methods: ['GET'], path: /.*/, handle: (ctx) => void (ctx.status = status) }]),
  );
  expect(await ask('/')).toEqual({ status, headers: {}, text: '' });
});

it('leaves what a route has ended itself alone', async () => {
  const ask = await serve(
    nodeRoutes([
      {
        methods: ['GET'],
        path: /.*/,
        handle: ({ res }) => void res.writeHead(201, { 'X-A': 'b' }).end('raw'),
      },
    ]),
  );
  expect(await ask('/')).toMatchObject({ status: 201, text: 'raw' });
});
