/** Why a login by a hosted Backstage module failed: what was thrown, for that login, wherever the module's own words lead. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { authProvidersExtensionPoint, type AuthResolverContext } from '@vestibule/plugin-auth-node';
import { Browser } from '../../testing/browser.ts';
import { moduleHandlers, hostedLogout } from '../../testing/hostedHandlers.ts';
import { createMemoryCatalog } from '../../testing/memoryCatalog.ts';
import {
  appOrigin,
  readAnswerPage,
  startIdentityProvider,
  startPortal,
  type Portal,
} from '../../testing/portal.ts';

type Resolver = (context: AuthResolverContext, request: IncomingMessage) => Promise<unknown>;

const asJane: Resolver = async (context) => context.signInWithCatalogUser({ entityRef: { name: 'jane' } });
const named =
  (sub: string, ent?: string[]): Resolver =>
  async (context) =>
    context.issueToken({ claims: { sub, ...(ent && { ent }) } });
const error = (message: string, name = 'Error') => Object.assign(new Error(message), { name });

let resolver: Resolver = asJane;

/** As Backstage's handlers do: a page with the name and the message of whatever was thrown. */
const hostedModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'vendor-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        const make = (kind: 'oauth' | 'proxy') => (options: { resolverContext: AuthResolverContext }) => {
          const answerOf = async (request: IncomingMessage) => ({
            profile: { displayName: 'Jane' },
            providerInfo: { accessToken: 'their-access-token', scope: 'read', expiresInSeconds: 3600 },
            backstageIdentity: await resolver(options.resolverContext, request),
          });
          const { start } = moduleHandlers(async () => Promise.resolve({}));
          const frameHandler = async (request: IncomingMessage, response: ServerResponse) => {
            const message = await answerOf(request).then(
              (answer) => ({ response: answer }),
              ({ name, message: words }: Error) => ({ error: { name, message: words } }),
            );
            response.setHeader('Set-Cookie', 'vendor-refresh-token=first');
            const posted = JSON.stringify({ type: 'authorization_response', ...message });
            const literal = encodeURIComponent(posted).replaceAll("'", '%27');
            response.end(`<script>x('${literal}')</script>`);
          };
          const refresh = async (request: IncomingMessage, response: ServerResponse) => {
            const answer = await answerOf(request).catch((cause: unknown) => {
              if (kind === 'proxy') throw cause;
              throw Object.assign(new Error('Refresh failed', { cause }), { name: 'AuthenticationError' });
            });
            response.end(JSON.stringify(answer));
          };
          return { start, frameHandler, refresh, ...(kind === 'oauth' && { logout: hostedLogout }) };
        };
        providers.registerProvider({ providerId: 'vendor', factory: make('oauth') });
        providers.registerProvider({ providerId: 'sidecar', factory: make('proxy') });
      },
    });
  },
});

const catalog = createMemoryCatalog();
let idp: DevIdpServer;
let portal: Portal;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
  portal = await startPortal({
    idp,
    catalog,
    features: [hostedModule],
    auth: { providers: { vendor: { development: { clientId: 'x' } }, sidecar: {}, guest: {} } },
  });
});
afterEach(() => {
  resolver = asJane;
  catalog.comeBack();
});
afterAll(async () => {
  await portal.stop();
  await idp.stop();
});

async function signIn(browser = new Browser(), query = '') {
  const started = await browser.send(`${portal.base}/vendor/start?env=development&origin=${appOrigin}`);
  const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const answer = await browser.send(`${portal.base}/vendor/handler/frame?code=x&state=${state}${query}`);
  const { message } = readAnswerPage(answer.text);
  return { ...message, page: answer.text.replaceAll('&#39;', "'").replaceAll('&#x27;', "'"), browser };
}

async function refresh(path: string, browser = new Browser()) {
  const answer = await browser.send(`${portal.base}/${path}`, {
    headers: { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin },
  });
  const body = JSON.parse(answer.text) as {
    error?: { code: string; message: string };
    backstageIdentity?: { token: string; identity: { userEntityRef: string; ownershipEntityRefs: string[] } };
  };
  return { ...answer, body };
}

const lastLine = () =>
  portal.logs
    .join('')
    .trim()
    .split('\n')
    .filter((line) => line.includes('refused'))
    .at(-1);

/** Ways of a module with an error of ours. */
const ways: [string, (act: Resolver) => Resolver][] = [
  ['lets it through', (act) => act],
  [
    'throws another for it',
    (act) => async (context, request) =>
      act(context, request).catch(() => {
        throw error('ask the help desk, extension 4711');
      }),
  ],
  [
    'refuses for it',
    (act) => async (context, request) =>
      act(context, request).catch(() => {
        throw error('ask the help desk, extension 4711', 'NotAllowedError');
      }),
  ],
  [
    'tries twice',
    (act) => async (context, request) => act(context, request).catch(async () => act(context, request)),
  ],
];

describe('while the catalog is away', () => {
  it.each(ways)('a module that %s tells so: page, log and decision', async (way, through) => {
    catalog.goDown();
    resolver = through(asJane);
    const { error: posted, page } = await signIn();
    expect(posted).toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'ERR_CATALOG_UNAVAILABLE',
      message: 'The catalog of this portal cannot be reached right now. Please try again in a moment.',
    });
    expect(page).toContain("the provider module's own  failed (ERR_CATALOG_UNAVAILABLE)");
    expect(page).toContain('the catalog of the test is down');
    expect(lastLine()).toContain('ERR_CATALOG_UNAVAILABLE');
    expect(page.includes('extension 4711')).toBe(way !== 'lets it through' && way !== 'tries twice');
    expect(posted?.message).not.toContain('4711');
  });

  it.each(ways)('a proxy module that %s answers 503', async (_, through) => {
    catalog.goDown();
    resolver = through(asJane);
    const { status, headers, body } = await refresh('sidecar/refresh');
    expect([status, body.error?.code]).toEqual([503, 'ERR_CATALOG_UNAVAILABLE']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each(ways)('a session by a module that %s goes on', async (_, through) => {
    const { browser } = await signIn();
    catalog.goDown();
    resolver = through(asJane);
    const { status, body } = await refresh('vendor/refresh?env=development', browser);
    expect([status, body.backstageIdentity?.identity.userEntityRef]).toEqual([200, 'user:default/jane']);
  });

  it('a module that tries again, and finds it back, signs in', async () => {
    catalog.goDown();
    resolver = async (context, request) =>
      asJane(context, request).catch(async () => {
        catalog.comeBack();
        return asJane(context, request);
      });
    expect((await signIn()).response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
  });
});

it('a module that says the same for a reason of its own is not taken for us', async () => {
  const sentence = 'The catalog of this portal cannot be reached right now. Please try again in a moment.';
  resolver = async () => Promise.reject(error(sentence));
  const { error: posted, page } = await signIn();
  expect([posted?.code, posted?.message]).toEqual([
    'ERR_RESOLVER_DENIED',
    'You may not sign in to this portal.',
  ]);
  expect(page.replace(/\n[│ ]*/g, ' ')).toContain(`caused by Error: ${sentence}`);
});

it('a module that shows a page of its own over an error of ours is read by the error', async () => {
  catalog.goDown();
  resolver = async (context, request) =>
    asJane(context, request).catch(() => {
      throw error("it's '%7B broken", '%');
    });
  expect((await signIn()).error?.code).toBe('ERR_CATALOG_UNAVAILABLE');
});

it('of two logins at once, each fails with its own', async () => {
  let release: () => void = () => undefined;
  const both = new Promise<void>((resolve) => (release = resolve));
  let begun = 0;
  resolver = async (context, request) => {
    const isFirst = (begun += 1) === 1;
    const act = isFirst ? named('user:default/a|b') : async () => context.findCatalogUser({ entityRef: 'x' });
    await act(context, request).catch(() => undefined);
    if (begun === 2) release();
    await both;
    throw error('no');
  };
  const answers = await Promise.all([signIn(), signIn()]);
  expect(answers.map(({ error: posted }) => posted?.code).sort()).toEqual([
    'ERR_IDENTITY_REF_UNSAFE',
    'ERR_RESOLVER_NO_MATCH',
  ]);
});

describe('a call of the module to the outside', () => {
  async function answering(status: number, act: (url: string) => Promise<void>): Promise<void> {
    const vendor = createServer((_request, response) => response.writeHead(status).end('{}'));
    vendor.listen(0, '127.0.0.1');
    await once(vendor, 'listening');
    try {
      await act(`http://127.0.0.1:${(vendor.address() as AddressInfo).port}/token`);
    } finally {
      vendor.close();
    }
  }

  it.each([
    [500, 'ERR_PROVIDER_UNAVAILABLE'],
    [401, 'ERR_PROVIDER_REFUSED'],
    [200, 'ERR_RESOLVER_DENIED'],
  ])('that was answered with %i is why: %s', async (status, code) => {
    await answering(status, async (url) => {
      resolver = async () => {
        await fetch(url, { method: 'POST' }).then(async (answer) => answer.text());
        throw error('Authentication failed');
      };
      const { error: posted, page } = await signIn();
      expect(posted?.code).toBe(code);
      expect(page).toContain('caused by Error: Authentication failed');
      expect(page.includes(`was answered with ${status}`)).toBe(status !== 200);
    });
  });

  it('counts for nothing once the resolver was asked, and ours is none of the module', async () => {
    await answering(500, async (url) => {
      resolver = async (context, request) => {
        await fetch(url);
        await asJane(context, request);
        throw error('not on Sundays');
      };
      expect((await signIn()).error?.code).toBe('ERR_RESOLVER_DENIED');
    });
  });

  it("of which the provider sent back no is the provider's refusal", async () => {
    resolver = async () => Promise.reject(error('rejected'));
    const { error: posted, page } = await signIn(new Browser(), '&error=access_denied');
    expect(posted?.code).toBe('ERR_PROVIDER_REFUSED');
    expect(page).toContain('access_denied');
  });
});

describe('the name that a module issues', () => {
  it('may be what Backstage takes, and comes back so from userinfo; what owns nothing is left out and named', async () => {
    const group = 'group:default//acme/Team A';
    resolver = named('user:default/Jane Doe', [
      'user:default/Jane Doe',
      group,
      'admins',
      'group:default/a|b',
    ]);
    const { response } = await signIn();
    const refs = ['user:default/jane doe', 'group:default//acme/team a'];
    expect(response?.backstageIdentity?.identity).toMatchObject({
      userEntityRef: 'user:default/jane doe',
    });
    const token = response?.backstageIdentity?.token ?? '';
    const info = await fetch(`${portal.base}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    expect(await info.json()).toMatchObject({ claims: { sub: refs[0], ent: refs } });
    const log = portal.logs.join('');
    expect(log.match(/the sign-in resolver of 'vendor' issues references/g)).toHaveLength(1);
    expect(log).toContain(
      "left out, here and later: 'admins' is no full entity reference, such as user:default/jane; 'group:default/a|b' holds '|'",
    );
    expect(log).toContain('"leftOut":["\'admins\' is no full entity reference');
  });

  it.each(ways)(
    'is refused where it could be another, which and why, by a module that %s',
    async (_, through) => {
      resolver = through(named('user:default/jane|group:default/admins'));
      const { error: posted, page } = await signIn();
      expect(posted).toMatchObject({
        name: 'NotAllowedError',
        code: 'ERR_IDENTITY_REF_UNSAFE',
        message:
          "You would be 'user:default/jane|group:default/admins' here, which cannot be: it holds '|'. Ask whoever runs this portal.",
      });
      expect(page).toContain("The reference 'user:default/jane|group:default/admins' holds '|'.");
      expect(lastLine()).toContain("holds '|'");
      const proxy = await refresh('sidecar/refresh');
      expect([proxy.status, proxy.body.error?.code]).toEqual([403, 'ERR_IDENTITY_REF_UNSAFE']);
    },
  );

  it('ends a session where it could be another', async () => {
    const { browser } = await signIn();
    resolver = named('user:default/..');
    const { status, body } = await refresh('vendor/refresh?env=development', browser);
    expect([status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  });
});
