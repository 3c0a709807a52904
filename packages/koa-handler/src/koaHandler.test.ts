import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { koaHandler } from './koaHandler.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

type Request = IncomingMessage & { originalUrl?: string; body?: unknown; ip?: string };

/** A host in miniature: strips its mount, then says what came back through next(). */
async function serve(koa: Koa | Koa.Middleware, decorate: (request: Request) => void = () => {}) {
  const handler = koaHandler(koa);
  const passed: unknown[] = [];
  server = createServer((request: Request, response: ServerResponse) => {
    request.originalUrl = request.url;
    request.url = request.url?.replace(/^\/mount/, '');
    decorate(request);
    response.statusCode = 200;
    handler(request, response, (error) => {
      passed.push(error);
      if (response.headersSent) response.destroy();
      else response.end(`passed with status ${response.statusCode}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { passed, get: (path: string) => fetch(`http://127.0.0.1:${port}${path}`) };
}

describe('koaHandler', () => {
  it('answers what the app answers, with paths relative to the mount', async () => {
    const { get, passed } = await serve((ctx) => {
      ctx.body = { path: ctx.path, originalUrl: ctx.originalUrl, url: ctx.url };
    });
    const answer = await get('/mount/hello?a=1');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      path: '/hello',
      originalUrl: '/mount/hello?a=1',
      url: '/hello?a=1',
    });
    expect(passed).toEqual([]);
  });

  it('passes on what the app does not answer, with the status as it was', async () => {
    const app = new Koa().use((_ctx, next) => next());
    const { get, passed } = await serve(app);
    expect(await (await get('/mount/other')).text()).toBe('passed with status 200');
    expect(passed).toEqual([undefined]);
    expect(app.middleware).toHaveLength(1);
  });

  it('counts an empty answer with a status of its own as answered', async () => {
    const { get, passed } = await serve((ctx) => {
      ctx.status = 204;
    });
    expect((await get('/mount')).status).toBe(204);
    expect(passed).toEqual([]);
  });

  it('leaves alone an app that answers on the raw response', async () => {
    const { get, passed } = await serve((ctx) => {
      ctx.respond = false;
      setImmediate(() => ctx.res.end('raw'));
    });
    expect(await (await get('/mount')).text()).toBe('raw');
    expect(passed).toEqual([]);
  });

  it('hands thrown errors to next, and answers nothing itself', async () => {
    const error = new Error('broken');
    const { get, passed } = await serve(() => {
      throw error;
    });
    expect(await (await get('/mount')).text()).toBe('passed with status 200');
    expect(passed).toEqual([error]);
  });

  it('hands errors to next that are thrown after the response was taken from Koa', async () => {
    const error = new Error('broken');
    const { get, passed } = await serve((ctx) => {
      ctx.respond = false;
      throw error;
    });
    await get('/mount');
    expect(passed).toEqual([error]);
  });

  it('hands a body stream that fails to next, once', async () => {
    const error = new Error('stream broke');
    const { get, passed } = await serve((ctx) => {
      ctx.body = new Readable({
        read() {
          this.destroy(error);
        },
      });
    });
    await get('/mount').then(
      (answer) => answer.text(),
      () => undefined,
    );
    expect(passed).toEqual([error]);
  });

  it('keeps the body and the address that the host has worked out', async () => {
    const { get } = await serve(
      (ctx) => {
        ctx.body = { ip: ctx.ip, body: (ctx.req as Request).body };
      },
      (request) => {
        request.ip = '203.0.113.7';
        request.body = { parsed: 'already' };
      },
    );
    expect(await (await get('/mount')).json()).toEqual({ ip: '203.0.113.7', body: { parsed: 'already' } });
  });
});
