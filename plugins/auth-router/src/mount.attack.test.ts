import { request } from 'node:http';
import Router from '@koa/router';
import { afterEach, describe, expect, it } from '@jest/globals';
import { appOrigin, startProgram, type Program } from './testing/program.ts';

let program: Program | undefined;
afterEach(async () => program?.stop());

/** As it stands: no client between that tidies the target up. */
async function send(
  target: string,
  method = 'GET',
): Promise<{ status: number; body: string; headers: object }> {
  const { port } = new URL(program!.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: target, method }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    sent.on('error', reject).end();
  });
}

describe.each([
  ['at the root', ''],
  ['within another router', '/tools/portal'],
])('the router %s', (_where, path) => {
  const start = async () =>
    startProgram({
      path,
      build: (app, router) =>
        app.use(path ? new Router().use('/tools/:name', router.routes()).routes() : router.routes()),
    });

  it.each([
    '//api/auth/oidc/start',
    '/api/auth%2foidc/start',
    '/api/auth/../auth/oidc/start',
    '/api/auth/oidc/%2e%2e/oidc/start',
    '/api/auth/oidc\\start',
    '/api/auth/%',
    '/api/auth/%00',
    '/api/auth/.backstage/../../health',
    '/api/authx/oidc/start',
  ])('gives nothing for the path trick %s', async (trick) => {
    program = await start();
    const { status, body } = await send(`${path}${trick}?env=development&origin=${appOrigin}`);
    expect([400, 404]).toContain(status);
    expect(body).not.toMatch(/\bat \S+:\d+/);
  });

  it('takes the absolute form of a target for the path in it, whatever host it names', async () => {
    program = await start();
    const target = `http://evil.example${path}/api/auth`;
    expect((await send(`${target}/.well-known/jwks.json`)).status).toBe(200);
    const { status, headers } = await send(`${target}/oidc/start?env=development&origin=${appOrigin}`);
    expect(status).toBe(302);
    expect(JSON.stringify(headers)).not.toContain('evil.example');
  });

  it('serves nothing of the backend inside but sign-in', async () => {
    program = await start();
    for (const target of ['/.backstage/health/v1/liveness', '/api/catalog/entities', '/']) {
      expect((await send(`${path}${target}`)).status).toBe(404);
    }
  });
});
