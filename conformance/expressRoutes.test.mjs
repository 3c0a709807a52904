// Routers of real Express packages (4 and 5, nested ones too) in `httpRouter.use` and `rootHttpRouter.use` of our host.
// Each answer is compared with that of the same router in an application of its own Express.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import express from 'express';
import PromiseRouter from 'express-promise-router';
import { createBackendPlugin, coreServices } from '@backstage/backend-plugin-api';
import { createBackend, createRootConfigFactory, httpServerServiceRef } from '@vestibule/backend-defaults';
import { createServiceFactory, createServiceRef, foreignCodeServiceRef } from '@vestibule/backend-plugin-api';

const require = createRequire(import.meta.url);
// The one of another package, in a folder of its own.
const express5 = createRequire(require.resolve('@modelcontextprotocol/sdk/server/mcp.js'))('express');

const trustProxy = ['loopback'];
const compared = [
  'content-type',
  'content-length',
  'etag',
  'location',
  'set-cookie',
  'x-mark',
  'x-powered-by',
  'vary',
];

/** What a plugin's router may do. */
function fill(router, { json }) {
  router.use((request, response, next) => {
    response.set('X-Mark', request.get('X-Given') ?? 'none');
    response.locals.mark = 'kept';
    next();
  });
  router.use(json());
  router.get('/json', (_request, response) => response.json({ ok: true, text: 'ü' }));
  router.get('/status', (_request, response) => response.status(204).send());
  router.get('/send-status', (_request, response) => response.sendStatus(418));
  router.get('/send', (_request, response) => response.type('text').send('words'));
  router.get('/buffer', (_request, response) => response.send(Buffer.from('bytes')));
  router.get('/redirect', (_request, response) => response.redirect(301, '/somewhere else?a=1'));
  router.get('/query', (request, response) => response.json(request.query));
  router.get('/params/:name', (request, response) => response.json({ ...request.params }));
  router.get('/request', (request, response) => {
    const { ip, ips, path, baseUrl, originalUrl, protocol, secure, hostname, xhr, fresh } = request;
    response.json({ ip, ips, path, baseUrl, originalUrl, protocol, secure, hostname, xhr, fresh });
  });
  router.get('/locals', (_request, response) => response.json(response.locals));
  router.get('/cookie', (_request, response) =>
    response.cookie('one', 'a b', { httpOnly: true, maxAge: 60000, path: '/x' }).clearCookie('two').end(),
  );
  router.get('/settings', (request, response) =>
    response.json([
      request.app.get('trust proxy'),
      request.app.enabled('x-powered-by'),
      request.accepts('json', 'html'),
    ]),
  );
  router.get('/format', (_request, response) =>
    response.format({ json: () => response.json(1), html: () => response.send('1') }),
  );
  router.get('/file', (_request, response) => response.sendFile(require.resolve('express/package.json')));
  router.post('/body', (request, response) => response.json(request.body));
  router.get('/asynchronous', async (_request, response) => {
    await new Promise((resolve) => setImmediate(resolve));
    response.json({ late: true });
  });
  router.get('/handled', () => {
    throw Object.assign(new Error('handled here'), { statusCode: 409 });
  });
  router.use((error, _request, response, next) => {
    if (error.statusCode !== 409) next(error);
    else response.status(409).json({ said: error.message });
  });
  return router;
}

const requests = [
  ['GET', '/json'],
  ['HEAD', '/json'],
  ['GET', '/status'],
  ['GET', '/send-status'],
  ['GET', '/send'],
  ['GET', '/buffer'],
  ['GET', '/redirect'],
  ['GET', '/query?a=1&b=2&b=3&c[d]=4'],
  ['GET', '/params/a%20b'],
  [
    'GET',
    '/request',
    { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-requested-with': 'XMLHttpRequest' },
  ],
  ['GET', '/locals'],
  ['GET', '/cookie'],
  ['GET', '/settings'],
  ['GET', '/format', { accept: 'text/html' }],
  ['GET', '/file'],
  ['POST', '/body', { 'content-type': 'application/json' }, '{"a":[1]}'],
  ['GET', '/asynchronous'],
  ['GET', '/handled'],
  ['GET', '/json', { 'x-given': 'from the caller' }],
];

async function ask(base, [method, path, headers = {}, body]) {
  const response = await fetch(`${base}${path}`, { method, headers, body, redirect: 'manual' });
  const text = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(
      compared.map((name) => [
        name,
        name === 'set-cookie' ? response.headers.getSetCookie() : response.headers.get(name),
      ]),
    ),
    body: text,
  };
}

/** The same in an application of Express, as Backstage's host has one. */
async function expressAlone(context, anExpress, path, router) {
  const app = anExpress();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.use(path, router);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}${path}`;
}

async function ours(context, features) {
  let server;
  let guests;
  const backend = createBackend();
  backend.add(
    createRootConfigFactory({
      data: {
        backend: {
          baseUrl: 'http://localhost:7007',
          listen: '127.0.0.1:0',
          trustProxy,
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
      },
    }),
  );
  backend.add(
    createServiceFactory({
      service: createServiceRef({ id: 'observer', scope: 'root' }),
      deps: { httpServer: httpServerServiceRef, foreignCode: foreignCodeServiceRef },
      initialization: 'always',
      factory({ httpServer, foreignCode }) {
        server = httpServer;
        guests = foreignCode;
        return {};
      },
    }),
  );
  for (const feature of features) backend.add(feature);
  await backend.start();
  // What the command `vestibule` does with what nobody caught; the test runner would fail the test.
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', (thrown) => guests.claim(thrown));
  context.after(async () => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of others) process.on('unhandledRejection', listener);
    await backend.stop();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

const pluginOf = (pluginId, ...handlers) =>
  createBackendPlugin({
    pluginId,
    register: (reg) =>
      reg.registerInit({
        deps: { http: coreServices.httpRouter },
        async init({ http }) {
          for (const handler of handlers) http.use(handler);
          http.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        },
      }),
  });

for (const [name, anExpress, makeRouter] of [
  ['express 4', express, () => express.Router()],
  ['express 5 of another package', express5, () => express5.Router()],
  ['express-promise-router', express, () => PromiseRouter()],
]) {
  test(`a router of ${name} answers as in an application of its own`, async (context) => {
    const host = await ours(context, [pluginOf('hello', fill(makeRouter(), anExpress))]);
    const alone = await expressAlone(context, anExpress, '/api/hello', fill(makeRouter(), anExpress));
    for (const request of requests) {
      const [here, there] = [await ask(`${host}/api/hello`, request), await ask(alone, request)];
      // Ports differ.
      const plain = (answer) => ({
        ...answer,
        body: answer.body.replaceAll(new URL(alone).host, new URL(host).host),
      });
      assert.deepEqual(plain(here), plain(there), `${name}: ${request.slice(0, 2).join(' ')}`);
    }
  });
}

test('what no route answers is our 404, what a route throws our error, and an asynchronous one too', async (context) => {
  const router = express.Router();
  router.get('/throws', () => {
    throw Object.assign(new Error('not so'), { name: 'InputError' });
  });
  // Express 4 knows no promises: nobody catches this.
  router.get('/rejects', async () => {
    throw Object.assign(new Error('no such thing'), { name: 'NotFoundError' });
  });
  const host = await ours(context, [pluginOf('hello', router)]);
  for (const [path, status, message] of [
    ['/api/hello/nowhere', 404, 'Not found'],
    ['/api/hello/throws', 400, 'not so'],
    ['/api/hello/rejects', 404, 'no such thing'],
  ]) {
    const response = await fetch(`${host}${path}`);
    const { error } = await response.json();
    assert.deepEqual([response.status, error.message], [status, message]);
  }
});

test('middleware alone, asynchronous and for errors, and each plugin with the Express it brought', async (context) => {
  const first = express.Router();
  first.get('/version', (request, response) => response.json({ lazy: typeof request.app.lazyrouter }));
  const second = express5.Router();
  second.get('/version', (request, response) => response.json({ lazy: typeof request.app.lazyrouter }));
  const host = await ours(context, [
    pluginOf(
      'plain',
      async (request, response, next) => {
        if (request.query.wrong === undefined) return next();
        throw Object.assign(new Error('wrong'), { mark: true });
      },
      (request, response) => void response.status(202).json({ path: request.path }),
      (error, _request, response, _next) => void response.status(409).json({ mark: error.mark }),
    ),
    pluginOf('four', first),
    pluginOf('five', second),
  ]);
  const json = async (path) => {
    const response = await fetch(`${host}/api/${path}`);
    return [response.status, await response.json()];
  };
  assert.deepEqual(await json('plain/x'), [202, { path: '/x' }]);
  assert.deepEqual(await json('plain/x?wrong'), [409, { mark: true }]);
  assert.deepEqual(await json('four/version'), [200, { lazy: 'function' }]);
  assert.deepEqual(await json('five/version'), [200, { lazy: 'undefined' }]);
});

test('a router on the root, beside a plugin of ours that asks nothing of Express', async (context) => {
  const router = express.Router();
  router.get('/x', (request, response) =>
    response.json({ baseUrl: request.baseUrl, url: request.url, a: request.query.a }),
  );
  const host = await ours(context, [
    createBackendPlugin({
      pluginId: 'hello',
      register: (reg) =>
        reg.registerInit({
          deps: { root: coreServices.rootHttpRouter },
          async init({ root }) {
            root.use('/extra', router);
          },
        }),
    }),
  ]);
  const response = await fetch(`${host}/extra/x?a=1`);
  assert.deepEqual(await response.json(), { baseUrl: '/extra', url: '/x?a=1', a: '1' });
});
