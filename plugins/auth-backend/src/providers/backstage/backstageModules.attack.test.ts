/** Attacks on, and faults of, hosted Backstage modules: what they answer is judged before it leaves. */
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { authProvidersExtensionPoint, type AuthResolverContext } from '@vestibule/plugin-auth-node';
import { Browser } from '../../testing/browser.ts';
import { createMemoryCatalog } from '../../testing/memoryCatalog.ts';
import { appOrigin, readAnswerPage, startPortal, type ErrorBody, type Portal } from '../../testing/portal.ts';

type HostedRequest = IncomingMessage & { query: Record<string, string>; cookies: Record<string, string> };
type Handler = (request: HostedRequest, response: ServerResponse, context: AuthResolverContext) => unknown;

const profile = { email: 'jane@example.com' };
const providerInfo = { accessToken: 'their-access-token', scope: 'read', expiresInSeconds: 60 };

function popup(message: object): string {
  return `<script>var m = decodeURIComponent('${encodeURIComponent(JSON.stringify(message)).replaceAll("'", '%27')}')</script>`;
}

function end(
  response: ServerResponse,
  status: number,
  headers: Record<string, string[] | string>,
  body = '',
) {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}

async function identity(context: AuthResolverContext) {
  return context.signInWithCatalogUser({ filter: { 'spec.profile.email': profile.email } });
}

/** Behaves as Backstage's modules do. */
const honest: Record<'start' | 'frame' | 'refresh', Handler> = {
  start: (_request, response) =>
    end(response, 302, {
      Location: 'https://vendor.example/authorize?state=their-state',
      'Set-Cookie': 'acme-nonce=their-nonce',
    }),
  async frame(request, response, context) {
    const isTheirs =
      request.query['state'] === 'their-state' && request.cookies['acme-nonce'] === 'their-nonce';
    if (!isTheirs) {
      const error = { name: 'NotAllowedError', message: 'Invalid nonce' };
      return end(response, 200, {}, popup({ type: 'authorization_response', error }));
    }
    const backstageIdentity = await identity(context);
    const answer = { profile, providerInfo, backstageIdentity };
    return end(
      response,
      200,
      { 'Set-Cookie': ['acme-refresh-token=', 'acme-refresh-token=first'] },
      popup({ type: 'authorization_response', response: answer }),
    );
  },
  async refresh(_request, response, context) {
    try {
      const backstageIdentity = await identity(context);
      end(response, 200, {}, JSON.stringify({ profile, providerInfo, backstageIdentity }));
    } catch (error) {
      throw failed(error);
    }
  },
};

/** As Backstage wraps whatever goes wrong in a refresh. */
function failed(cause: unknown): Error {
  const message = `Refresh failed; caused by ${String(cause)}`;
  return Object.assign(new Error(message, { cause }), { name: 'AuthenticationError' });
}

const acme = { ...honest };
const catalog = createMemoryCatalog();
let portal: Portal;

const module = createBackendModule({
  pluginId: 'auth',
  moduleId: 'acme-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        const factory = ({ resolverContext }: { resolverContext: AuthResolverContext }) => {
          const run =
            (name: keyof typeof acme) => async (request: IncomingMessage, response: ServerResponse) => {
              await acme[name](request as HostedRequest, response, resolverContext);
            };
          return {
            start: run('start'),
            frameHandler: run('frame'),
            refresh: run('refresh'),
            logout: async (_request: IncomingMessage, response: ServerResponse) =>
              Promise.resolve(void response.end()),
          };
        };
        providers.registerProvider({
          providerId: 'acme',
          factory: factory,
        });
      },
    });
  },
});

beforeAll(async () => {
  portal = await startPortal({
    features: [module],
    catalog,
    auth: { providers: { acme: { development: { clientId: 'x' }, production: { clientId: 'y' } } } },
  });
});
afterEach(() => {
  Object.assign(acme, honest);
  catalog.comeBack();
  jest.restoreAllMocks();
});
afterAll(async () => portal.stop());

async function start(browser: Browser, query: Record<string, string> = {}) {
  const parameters = new URLSearchParams({ env: 'development', origin: appOrigin, ...query });
  return browser.send(`${portal.base}/acme/start?${parameters}`);
}

async function finish(browser: Browser, query: Record<string, string> = {}) {
  const { headers } = await start(browser, query);
  const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = await browser.send(`${portal.base}/acme/handler/frame?code=x&state=${state}`);
  return { answer, ...readAnswerPage(answer.text) };
}

async function refresh(browser: Browser, query = 'env=development') {
  const answer = await browser.send(`${portal.base}/acme/refresh?${query}`, {
    headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
  });
  return { ...answer, body: JSON.parse(answer.text) as ErrorBody & { backstageIdentity?: object } };
}

describe('a hosted module', () => {
  it('never shows the browser its state, nonce or refresh token', async () => {
    const browser = new Browser();
    const started = await start(browser);
    const { message } = await finish(browser);
    expect(message?.response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    const seen = started.headers.get('location') + JSON.stringify([...browser.cookies]);
    expect(seen).not.toMatch(/their-|first/);
  });

  it.each(['javascript:alert(1)', '/relative', 'https://', ''])(
    'cannot send anybody to %p',
    async (location) => {
      acme.start = (_request, response) => end(response, 302, { Location: location });
      const answer = await start(new Browser());
      expect([answer.headers.get('location'), answer.setCookies]).toEqual([null, []]);
      expect(answer.status).not.toBe(302);
    },
  );

  it('cannot set a header or cookie of its own, nor redirect a callback', async () => {
    acme.frame = (_request, response) =>
      end(response, 302, { Location: 'https://evil.example/', 'Set-Cookie': 'evil=1', 'X-Evil': '1' });
    const { answer, message } = await finish(new Browser());
    expect([answer.status, answer.headers.get('location'), answer.headers.get('x-evil')]).toEqual([
      200,
      null,
      null,
    ]);
    expect(answer.setCookies.join()).not.toContain('evil');
    expect(message?.error?.code).toBe('ERR_PROVIDER_ANSWER_INVALID');
  });

  it('cannot bring an identity that our context did not issue', async () => {
    const forged = { token: 'e30.e30.e30', identity: { type: 'user', userEntityRef: 'user:default/admin' } };
    acme.frame = (_request, response) =>
      end(
        response,
        200,
        {},
        popup({ type: 'authorization_response', response: { profile, backstageIdentity: forged } }),
      );
    const browser = new Browser();
    const { message } = await finish(browser);
    expect(message?.error?.code).toBe('ERR_RESOLVER_RESULT_INVALID');
    expect(browser.cookies.has('acme-refresh-token')).toBe(false);
  });

  it('keeps two people apart who sign in at the same moment', async () => {
    const names = ['jane', 'sam'];
    const both = new EventEmitter();
    let arrived = 0;
    acme.frame = async (request, response, context) => {
      if ((arrived += 1) === 2) both.emit('here');
      else await once(both, 'here');
      const backstageIdentity = await context.signInWithCatalogUser({
        entityRef: { name: request.query['code']! },
      });
      end(
        response,
        200,
        {},
        popup({ type: 'authorization_response', response: { profile, providerInfo, backstageIdentity } }),
      );
    };
    const refs = await Promise.all(
      names.map(async (name) => {
        const browser = new Browser();
        const { headers } = await start(browser);
        const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
        const answer = await browser.send(`${portal.base}/acme/handler/frame?code=${name}&state=${state}`);
        return readAnswerPage(answer.text).message?.response?.backstageIdentity?.identity.userEntityRef;
      }),
    );
    expect(refs).toEqual(['user:default/jane', 'user:default/sam']);
  });

  it.each<[string, Handler]>([
    [
      'writes after its end',
      (_request, response) => {
        end(
          response,
          200,
          {},
          popup({ type: 'authorization_response', response: { profile, providerInfo } }),
        );
        response.write('more');
        response.end(
          popup({ type: 'authorization_response', response: { profile: { email: 'other@x.example' } } }),
        );
      },
    ],
    [
      'throws after its end',
      (_request, response) => {
        end(
          response,
          200,
          {},
          popup({ type: 'authorization_response', response: { profile, providerInfo } }),
        );
        throw new Error('late words');
      },
    ],
  ])('that %s does no harm', async (_what, frame) => {
    acme.frame = frame;
    const { answer, message } = await finish(new Browser());
    // In development the page shows the decision, for whoever writes the module.
    expect(JSON.stringify(message)).not.toMatch(/late words|other@x/);
    expect(answer.status).toBe(200);
    expect(message).toBeDefined();
  });

  it.each(['', 'env=nope', 'env=__proto__'])(
    'is not asked about the environment in %p, and no session ends',
    async (query) => {
      const browser = new Browser();
      await finish(browser);
      const answer = await refresh(browser, query);
      expect([400, 404]).toContain(answer.status);
      expect((await browser.send(`${portal.base}/acme/start?${query}`)).status).toBe(answer.status);
      expect((await refresh(browser)).status).toBe(200);
    },
  );
});

describe('a hosted module that hangs', () => {
  it.each(['start', 'frame', 'refresh'] as const)(
    'in its %s is given up with the budget of the request',
    async (name) => {
      const browser = new Browser();
      if (name === 'refresh') await finish(browser);
      const real = globalThis.setTimeout;
      const sooner = ((act: () => void, milliseconds?: number) =>
        real(act, milliseconds === 15_000 ? 200 : milliseconds)) as typeof setTimeout;
      jest.spyOn(globalThis, 'setTimeout').mockImplementation(sooner);
      acme[name] = async () => new Promise(() => undefined);
      if (name === 'start') expect((await start(browser)).text).toContain('ERR_PROVIDER_UNAVAILABLE');
      if (name === 'frame')
        expect((await finish(browser)).message?.error?.code).toBe('ERR_PROVIDER_UNAVAILABLE');
      if (name === 'refresh') expect((await refresh(browser)).status).toBe(200);
    },
  );
});

describe('a refresh with a hosted module', () => {
  const inside = 'connect ECONNREFUSED 10.1.2.3:443 secret-token';

  it('goes on with the last good identity while its provider is away, and shows nothing of its words', async () => {
    const browser = new Browser();
    await finish(browser);
    acme.refresh = () => Promise.reject(failed(new Error(inside)));
    const during = await refresh(browser);
    expect([during.status, during.body.backstageIdentity]).toEqual([200, expect.anything()]);
    portal.clock.advance(31_000);
    acme.refresh = honest.refresh;
    expect((await refresh(browser)).status).toBe(200);
  });

  it('goes on while the catalog is away', async () => {
    const browser = new Browser();
    await finish(browser);
    catalog.goDown();
    expect((await refresh(browser)).status).toBe(200);
  });

  it('keeps a refresh token that was rotated before something failed', async () => {
    const browser = new Browser();
    await finish(browser);
    acme.refresh = (_request, response) => {
      response.setHeader('Set-Cookie', 'acme-refresh-token=second');
      return Promise.reject(failed(new Error(inside)));
    };
    await refresh(browser);
    portal.clock.advance(31_000);
    let seen: string | undefined;
    acme.refresh = async (request, response, context) => {
      seen = request.cookies['acme-refresh-token'];
      return honest.refresh(request, response, context);
    };
    expect((await refresh(browser)).status).toBe(200);
    expect(seen).toBe('second');
  });

  it.each([
    ['the provider ended the grant', Object.assign(new Error(inside), { error: 'invalid_grant' })],
    ['the user is gone', Object.assign(new Error(inside), { name: 'NotFoundError' })],
    ['a resolver denies', Object.assign(new Error(inside), { name: 'NotAllowedError' })],
    ['the profile lacks what a resolver needs', new Error('GitLab user profile does not contain a username')],
    ['the user is another one', new Error('GitHub user ID does not match the catalog user')],
  ])('ends the session where %s, in one sentence of ours', async (_what, cause) => {
    const browser = new Browser();
    await finish(browser);
    acme.refresh = () => Promise.reject(failed(cause));
    const answer = await refresh(browser);
    expect([answer.status, answer.body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    expect(answer.body.error?.message).not.toMatch(/ECONN|secret|caused/);
    expect(browser.cookies.has('acme-refresh-token')).toBe(false);
  });

  it('shows nothing of what a start throws', async () => {
    acme.start = () => Promise.reject(Object.assign(new Error(inside), { name: 'InputError' }));
    const answer = await start(new Browser());
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'ERR_AUTH_PARAMETER_INVALID' } });
    expect((JSON.parse(answer.text) as ErrorBody).error?.message).not.toContain('ECONN');
  });
});
