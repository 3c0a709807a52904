import Router from '@koa/router';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { providers } from './providers/providers.ts';
import { appOrigin, startProgram, type Program } from './testing/program.ts';

let program: Program | undefined;
afterEach(async () => {
  await program?.stop();
  program = undefined;
});

const byEmail = providers.oidc.create({
  signIn: { resolver: providers.oidc.resolvers.emailMatchingUserEntityProfileEmail() },
});

describe('a Koa app with the router', () => {
  it('signs in, refreshes, serves keys and userinfo, and signs out', async () => {
    program = await startProgram({ providerFactories: { oidc: byEmail } });
    const { browser, response } = await program.signIn();
    expect(response).toMatchObject({
      profile: { email: 'jane@example.com', displayName: 'Jane Doe' },
      backstageIdentity: {
        identity: {
          userEntityRef: 'user:default/jane',
          ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'],
        },
      },
    });

    const refreshed = await program.refresh(browser);
    expect(refreshed.answer.status).toBe(200);
    const { token = '' } = refreshed.response?.backstageIdentity ?? {};

    const keys = await browser.send(`${program.base}/.well-known/jwks.json`);
    expect(JSON.parse(keys.text)).toMatchObject({ keys: [{ alg: 'ES256' }] });
    const info = await browser.send(`${program.base}/v1/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(JSON.parse(info.text)).toMatchObject({
      claims: { sub: 'user:default/jane', ent: ['user:default/jane', 'group:default/team-a'] },
    });

    expect((await program.signOut(browser)).status).toBe(200);
    expect((await program.refresh(browser)).answer.status).toBe(401);
  });

  it('leaves every other path to the app', async () => {
    program = await startProgram({
      providerFactories: { oidc: byEmail },
      build(app, router) {
        app.use(router.routes());
        app.use((ctx) => void (ctx.body = `mine: ${ctx.path}`));
      },
    });
    for (const path of ['/', '/api/authors', '/.backstage/health/v1/readiness', '/api/catalog']) {
      const answer = await fetch(`${program.url}${path}`);
      expect([answer.status, await answer.text()]).toEqual([200, `mine: ${path}`]);
    }
  });

  it('does not need the body, which a parser before it may have read', async () => {
    program = await startProgram({
      providerFactories: { oidc: byEmail },
      build(app, router) {
        app.use(async (ctx, next) => {
          for await (const chunk of ctx.req) void chunk;
          await next();
        });
        app.use(router.routes());
      },
    });
    const answer = await fetch(`${program.base}/oidc/logout?env=development`, {
      method: 'POST',
      headers: { 'x-requested-with': 'XMLHttpRequest', 'content-type': 'application/json' },
      body: '{"any":"thing"}',
    });
    expect(answer.status).toBe(200);
  });

  it('answers methods and errors as the backend does, also before allowedMethods', async () => {
    program = await startProgram({
      providerFactories: { oidc: byEmail },
      build: (app, router) => app.use(router.routes()).use(router.allowedMethods()),
    });
    const head = await fetch(`${program.base}/oidc/refresh?env=development`, { method: 'HEAD' });
    expect(head.status).toBe(405);
    const unknown = await fetch(`${program.base}/nobody/start?env=development`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      error: { name: 'NotFoundError', code: 'ERR_AUTH_PROVIDER_UNKNOWN' },
      request: { method: 'GET' },
      response: { statusCode: 404 },
    });
    expect(unknown.headers.get('x-content-type-options')).toBe('nosniff');
    const unguarded = await fetch(`${program.base}/oidc/refresh?env=development`);
    expect([unguarded.status, unguarded.headers.get('content-type')]).toEqual([
      401,
      'application/json; charset=utf-8',
    ]);
  });

  it('answers preflights and origins as backend.cors says', async () => {
    const cors = { origin: appOrigin, credentials: true };
    program = await startProgram({ providerFactories: { oidc: byEmail }, config: { backend: { cors } } });
    const preflight = await fetch(`${program.base}/oidc/refresh`, {
      method: 'OPTIONS',
      headers: { origin: appOrigin, 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(appOrigin);
    const foreign = await fetch(`${program.base}/.well-known/jwks.json`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('reads addresses as backend.trustProxy says, whatever the app trusts', async () => {
    const backend = { trustProxy: 1, rateLimit: { incomingRequestLimit: 1, ipAllowList: ['203.0.113.9'] } };
    program = await startProgram({ providerFactories: { oidc: byEmail }, config: { backend } });
    const { base } = program;
    const statusFor = async (address: string) =>
      (await fetch(`${base}/.well-known/jwks.json`, { headers: { 'x-forwarded-for': address } })).status;
    expect([await statusFor('198.51.100.1'), await statusFor('198.51.100.1')]).toEqual([200, 429]);
    expect(await statusFor('198.51.100.2')).toBe(200);
    expect([await statusFor('203.0.113.9'), await statusFor('203.0.113.9')]).toEqual([200, 200]);
  });

  it('works within another router, below the path of backend.baseUrl', async () => {
    program = await startProgram({
      providerFactories: { oidc: byEmail },
      path: '/tools/portal',
      build: (app, router) => app.use(new Router().use('/tools/:name', router.routes()).routes()),
    });
    const { browser, response, answer } = await program.signIn();
    expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    expect(answer.setCookies.join()).toContain('Path=/tools/portal/api/auth/oidc');
    expect((await program.refresh(browser)).answer.status).toBe(200);
  });

  it('waits for answers under way when it stops, then answers 503 and ends nothing of the program', async () => {
    program = await startProgram({ providerFactories: { oidc: byEmail } });
    const { router, base, idp } = program;
    const held = idp.hold('discovery');
    const query = new URLSearchParams({ env: 'development', origin: appOrigin });
    const underWay = new HttpBrowser().send(`${base}/oidc/start?${query}`);
    await held.arrived;
    const stopping = router.stop();
    const late = await fetch(`${base}/.well-known/jwks.json`);
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
    held.release();
    expect((await underWay).status).toBe(302);
    await stopping;
    expect((await fetch(`${base}/.well-known/jwks.json`)).status).toBe(503);
    expect((await fetch(program.url)).status).toBe(404);
  });

  it('listens on no port and installs no handlers', async () => {
    const events = ['SIGTERM', 'SIGINT', 'exit', 'uncaughtException', 'unhandledRejection'] as const;
    const before = events.map((event) => process.listenerCount(event));
    program = await startProgram({
      providerFactories: { oidc: byEmail },
      config: { backend: { listen: 'nowhere.invalid:1' } },
    });
    expect(events.map((event) => process.listenerCount(event))).toEqual(before);
    expect((await program.signIn()).response?.backstageIdentity).toBeDefined();
  });
});
