/** What a hosted Backstage module does wrong stays its own: the error says where, and everything else works. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { Browser } from '../../testing/browser.ts';
import { createMemoryCatalog } from '../../testing/memoryCatalog.ts';
import {
  appOrigin,
  readAnswerPage,
  startIdentityProvider,
  startPortal,
  type Portal,
} from '../../testing/portal.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
type Register = (options: { providerId: string; factory: unknown }) => void;

/** A module as `createBackendModule` of Backstage makes it. */
function theirModule(init: (register: Register) => unknown, moduleId = 'vendor-provider') {
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'registrations',
    getRegistrations: () => [
      {
        type: 'module',
        pluginId: 'auth',
        moduleId,
        extensionPoints: [],
        init: {
          deps: { providers: { $$type: '@backstage/ExtensionPoint', id: 'auth.providers' } },
          func: async ({ providers }: { providers: { registerProvider: Register } }) =>
            init((options) => providers.registerProvider(options)),
        },
      },
    ],
  };
}

const withFactory = (factory: unknown) =>
  theirModule((register) => register({ providerId: 'vendor', factory }));
const boom = () => {
  throw new Error('boom');
};
const never = async () => new Promise<never>(() => {});

let idp: DevIdpServer;
const portals: Portal[] = [];
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
});
afterEach(async () => {
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});
afterAll(async () => idp.stop());

async function start(feature: object, startup?: JsonObject): Promise<Portal> {
  const portal = await startPortal({
    idp,
    features: [feature],
    catalog: createMemoryCatalog(),
    auth: { providers: { vendor: { development: { clientId: 'x' } }, guest: {} } },
    config: {
      backend: {
        baseUrl: 'http://localhost:7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
        ...(startup && { startup }),
      },
    },
  });
  portals.push(portal);
  return portal;
}

async function refusal(feature: object, startup?: JsonObject): Promise<string> {
  try {
    await start(feature, startup);
  } catch (error) {
    return (error as Error).message;
  }
  return 'it started';
}

async function guestComesIn(portal: Portal): Promise<boolean> {
  const { ok } = await fetch(`${portal.base}/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
  });
  return ok;
}

describe('a hosted module that fails while the backend starts', () => {
  const goOn = { default: { onPluginModuleBootFailure: 'continue' } };

  it('by its registration is named by its place in the list', async () => {
    const message = await refusal({ ...withFactory(boom), getRegistrations: boom });
    expect(message).toMatch(
      /Could not start: 1 problem\n {2}feature \d+: register\(\) threw: boom\n\s+at .*moduleFaults\.test\.ts:\d+:\d+\)\n/,
    );
  });

  it.each([
    ['throws', boom],
    ['rejects', async () => Promise.reject(new Error('boom'))],
  ])('by an init that %s stops the start, unless the policy lets it be left out', async (_, init) => {
    expect(await refusal(theirModule(init))).toMatch(
      // The frames are those of the module.
      /^Could not start: 1 problem\n {2}module 'vendor-provider' of plugin 'auth' failed: boom\n {4}at .*moduleFaults\.test\.ts:[^]*\n {4}stopped: plugin 'auth'$/,
    );
    const portal = await start(theirModule(init), goOn);
    const log = portal.logs.join('');
    expect(log).toContain(
      "module 'vendor-provider' of plugin 'auth' could not start; its boot-failure policy lets the backend start without it",
    );
    expect(log).toContain("auth.providers.vendor is configured, but no module provides 'vendor'");
    expect((await fetch(`${portal.base}/vendor/start?env=development`)).status).toBe(404);
    expect(await guestComesIn(portal)).toBe(true);
  });

  it('by a weak client secret is out of use in production, and the others work', async () => {
    const portal = await startPortal({
      idp,
      isProduction: true,
      features: [withFactory(() => ({ start: never, frameHandler: never, logout: never }))],
      auth: {
        providers: {
          vendor: { development: { clientId: 'x', clientSecret: 'changeme12345678' } },
          guest: { dangerouslyAllowOutsideDevelopment: true },
        },
      },
    });
    portals.push(portal);
    const log = portal.logs.join('');
    expect(log).toContain(
      "'vendor' is disabled: auth.providers.vendor.development.clientSecret is a placeholder, which is refused in production",
    );
    expect(log).not.toContain('changeme12345678');
    expect(await guestComesIn(portal)).toBe(true);
  });

  it('by an init without end is given up, and who waits for it is told', async () => {
    const startup = { timeout: { seconds: 2 } };
    expect(await refusal(theirModule(never), startup)).toBe(
      [
        'Could not start: 1 problem',
        "  module 'vendor-provider' of plugin 'auth' did not finish within 2 s",
        '    awaited by: plugin auth -> module vendor-provider of auth',
        "    stopped: plugin 'auth'",
      ].join('\n'),
    );
  });

  it.each<[string, unknown, string]>([
    ['throws', boom, 'boom'],
    [
      'rejects',
      async () => Promise.reject(new Error('boom')),
      'the factory of its module answers with a promise, where it must give handlers',
    ],
    ['never answers', never, 'the factory of its module answers with a promise, where it must give handlers'],
    ['gives nothing', () => undefined, 'the factory of its module gave no handlers: there is no start()'],
    [
      'gives half of it',
      () => ({ start: never }),
      'the factory of its module gave no handlers: there is no frameHandler()',
    ],
  ])('by a factory that %s disables its provider alone', async (_, factory, reason) => {
    const portal = await start(withFactory(factory));
    expect(portal.logs.join('')).toContain(
      `sign-in provider 'vendor' is disabled: auth.providers.vendor: ${reason}`,
    );
    const answer = await fetch(`${portal.base}/vendor/start?env=development`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('ERR_AUTH_PROVIDER_DISABLED');
    expect(await guestComesIn(portal)).toBe(true);
  });
});

describe('a hosted module that fails in a handler', () => {
  const redirect: Handler = (_request, response) => {
    response.statusCode = 302;
    response.setHeader('Location', 'https://vendor.example/authorize?state=theirs');
    response.end();
  };
  const faults: [string, Handler, number, string][] = [
    ['throws at once', boom, 503, 'ERR_PROVIDER_UNAVAILABLE'],
    ['rejects', async () => Promise.reject(new Error('boom')), 503, 'ERR_PROVIDER_UNAVAILABLE'],
    [
      'throws something that is no error',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- modules do.
        throw null;
      },
      503,
      'ERR_PROVIDER_UNAVAILABLE',
    ],
    ['answers with nothing', (_request, response) => response.end(), 401, 'ERR_PROVIDER_ANSWER_INVALID'],
  ];
  const withHandlers = (handlers: Partial<Record<'start' | 'frameHandler', Handler>>) =>
    withFactory(() => ({ start: redirect, frameHandler: redirect, logout: never, ...handlers }));

  it.each(faults)('that %s refuses that login, and the next one works', async (_, fault, status, code) => {
    let isFaulty = true;
    const portal = await start(
      withHandlers({ start: (...exchange) => (isFaulty ? fault : redirect)(...exchange) }),
    );
    const url = `${portal.base}/vendor/start?env=development&origin=${appOrigin}`;
    const refused = await fetch(url, { redirect: 'manual' });
    expect(refused.status).toBe(status);
    expect([refused.headers.get('location'), refused.headers.getSetCookie()]).toEqual([null, []]);
    expect(await refused.text()).toContain(code);
    isFaulty = false;
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(302);
    expect(await guestComesIn(portal)).toBe(true);
  });

  it.each(faults)('of the callback, which %s, tells the portal so', async (_, fault, _status, code) => {
    const portal = await start(withHandlers({ frameHandler: fault }));
    const browser = new Browser();
    const started = await browser.send(`${portal.base}/vendor/start?env=development&origin=${appOrigin}`);
    const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const answer = await browser.send(`${portal.base}/vendor/handler/frame?code=x&state=${state}`);
    expect(readAnswerPage(answer.text).message?.error?.code).toBe(code);
    expect(browser.cookies.has('vendor-refresh-token')).toBe(false);
    expect(await guestComesIn(portal)).toBe(true);
  });
});
