/** Several instances of one type of provider: what config says of them, and what is wrong with it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule, type Config, type JsonObject } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import {
  authProvidersExtensionPoint,
  authSignInPageExtensionPoint,
  signInResolverExtensionPoint,
  type AuthSignInPageExtensionPoint,
  type SignInOption,
} from '@vestibule/plugin-auth-node';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage, startIdentityProvider } from '../testing/portal.ts';

type Portal = Awaited<ReturnType<typeof startAcmePortal>>;
const portals: Portal[] = [];
let idp: DevIdpServer;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
});
afterAll(async () => idp.stop());
afterEach(async () => {
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});

const environment = { clientId: 'x', clientSecret: 'a-client-secret-for-tests' };

let page: AuthSignInPageExtensionPoint | undefined;
const pageModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'page',
  register({ registerInit }) {
    registerInit({ deps: { point: authSignInPageExtensionPoint }, init: ({ point }) => void (page = point) });
  },
});

async function start(providers: JsonObject, features: object[] = []): Promise<Portal> {
  const portal = await startAcmePortal({
    idp,
    acme: createAcmeProvider(),
    features: [pageModule, ...features],
    auth: { providers },
  });
  portals.push(portal);
  return portal;
}

const choice = (providerId: string): SignInOption | undefined =>
  page?.signInOptions().find((one) => one.providerId === providerId);
const linesOf = ({ logs }: Portal, level: string, words: string) =>
  logs.filter((line) => line.includes(`"level":"${level}"`) && line.includes(words));

describe('an instance', () => {
  it('has a title, an icon and a type, and its paths, cookies and callback URL from its id', async () => {
    const portal = await start({
      west: { type: 'acme', title: 'Acme West', icon: 'building', development: environment },
      east: { type: 'acme', icon: 'https://acme.example/east.png', development: environment },
      visitors: { type: 'guest', title: 'Visitors' },
    });
    expect(choice('west')).toEqual({
      providerId: 'west',
      environment: 'development',
      type: 'acme',
      title: 'Acme West',
      icon: 'building',
      kind: 'oauth',
      signIn: false,
    });
    expect(choice('east')).toMatchObject({ title: 'Acme', icon: 'https://acme.example/east.png' });
    expect(choice('visitors')).toMatchObject({
      type: 'guest',
      title: 'Visitors',
      kind: 'proxy',
      signIn: true,
    });
    expect(choice('acme')).toMatchObject({ type: 'acme', title: 'Acme' });
    const said =
      'sign-in provider west (development): type: acme; no sign-in resolver: access delegation only; ';
    expect(
      linesOf(portal, 'info', `${said}callback URL: http://localhost:7007/api/auth/west/handler/frame`),
    ).toHaveLength(1);
    const browser = new Browser();
    const answer = await browser.send(`${portal.base}/west/start?env=development`);
    expect(answer.setCookies[0]).toMatch(
      /^west-attempt-[\w-]{12}=[^;]+; Max-Age=600; Path=\/api\/auth\/west;/,
    );
  });

  it('of a type that no module provides is warned about, with a package that exists or the types there are, and a near name', async () => {
    const portal = await start({
      west: { type: 'gitlab', development: environment },
      google: { development: environment },
      awsalb: { issuer: 'https://idp.example.com', region: 'eu-west-1' },
      east: { type: 'acmee', development: environment },
      acne: { development: environment },
      south: { development: environment },
    });
    expect(linesOf(portal, 'warn', '@backstage/plugin-auth-backend-module-gitlab-provider')).toHaveLength(1);
    expect(linesOf(portal, 'warn', '@backstage/plugin-auth-backend-module-aws-alb-provider')).toHaveLength(1);
    expect(linesOf(portal, 'warn', '@vestibule/plugin-auth-backend-module-google-provider')).toHaveLength(1);
    expect(linesOf(portal, 'warn', 'Did you mean')).toHaveLength(2);
    expect(linesOf(portal, 'warn', "Did you mean 'type: acme'?")).toHaveLength(1);
    expect(linesOf(portal, 'warn', "Did you mean 'acme'?")).toHaveLength(1);
    expect(linesOf(portal, 'warn', "or name a type that is installed: 'type: ")).toHaveLength(3);
    expect((await new Browser().send(`${portal.base}/west/start?env=development`)).status).toBe(404);
  });

  it.each<[string, JsonObject, string]>([
    [
      'an icon that is none',
      { type: 'acme', icon: 'house', development: environment },
      'auth.providers.west.icon',
    ],
    ['an icon over http', { type: 'acme', icon: 'http://a.example/x.png' }, 'auth.providers.west.icon'],
    ['an icon that is a script', { type: 'acme', icon: 'javascript:alert(1)' }, 'auth.providers.west.icon'],
    [
      'an empty title',
      { type: 'acme', title: ' ', development: environment },
      'auth.providers.west.title must not be empty',
    ],
    [
      'an empty title of a proxy',
      { type: 'guest', title: '' },
      'auth.providers.west.title must not be empty',
    ],
    ['a type that is no name', { type: 7 }, 'auth.providers.west.type must be a string'],
    ['a misspelt key', { type: 'acme', titel: 'West', development: environment }, "Did you mean 'title'?"],
    ['a misspelt key of a proxy', { type: 'guest', titel: 'West' }, "Did you mean 'title'?"],
    ['a misspelt type', { tpye: 'acme', development: environment }, "Did you mean 'type'?"],
    [
      'a list for an environment',
      { type: 'acme', development: [environment] },
      'auth.providers.west.development is not a known key',
    ],
    [
      'settings where the environments stand',
      { type: 'acme', clientId: 'x', clientSecret: 'y' },
      'It belongs in an environment: auth.providers.west.development.clientId.',
    ],
    [
      'a gate beside its environment, which is none of that name',
      { type: 'acme', production: environment, allow: { domains: ['acme.example'] } },
      'auth.providers.west.allow is not a known key. It belongs in an environment: auth.providers.west.production.allow.',
    ],
    ...[
      ['signin', 'signIn', { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] }] as const,
      ['allows', 'allow', { domains: ['acme.example'] }] as const,
      ['alow', 'allow', { domains: ['acme.example'] }] as const,
    ].map(([key, meant, value]): [string, JsonObject, string] => [
      `'${key}' beside its environment, which is none of that name`,
      { type: 'acme', production: environment, [key]: value } as unknown as JsonObject,
      `auth.providers.west.${key} is not a known key. Did you mean '${meant}'? It belongs in an environment: auth.providers.west.production.${meant}.`,
    ]),
    [
      'an environment of a strange name',
      { type: 'acme', 'my env': environment },
      'cannot be the name of an environment',
    ],
    ['no mapping at all', 'acme' as never, 'auth.providers.west must be an object'],
  ])('with %s is a fault that is named, and the others work', async (_, west, words) => {
    const portal = await start({ west });
    expect(portal.logs.join('').replaceAll('\\"', '"')).toContain(words);
    expect((await new Browser().send(`${portal.base}/west/start?env=development`)).status).toBe(404);
    expect((await new Browser().send(`${portal.base}/acme/start?env=development`)).status).toBe(302);
  });

  it.each(['a/b', 'a b', '-a', '__proto__', '../up', 'ä', 'a.b', 'a'.repeat(65), '7up'])(
    'cannot be called %p: an id stands in paths and names of cookies',
    async (id) => {
      const providers = JSON.parse(
        JSON.stringify({ x: { type: 'acme', development: environment } }).replace('"x"', JSON.stringify(id)),
      ) as JsonObject;
      const portal = await start(providers);
      // What is no key of a config at all is not even there.
      if (id !== '__proto__') expect(portal.logs.join('')).toContain('cannot be the id of a provider');
      expect(choice(id)?.problem ?? 'absent').toMatch(/has a fault|absent/);
      expect((await new Browser().send(`${portal.base}/acme/start?env=development`)).status).toBe(302);
    },
  );

  it('is asked for by name by a resolver of its type only where config says so', async () => {
    const ofType = createBackendModule({
      pluginId: 'auth',
      moduleId: 'of-type',
      register({ registerInit }) {
        registerInit({
          deps: { resolvers: signInResolverExtensionPoint },
          init({ resolvers }) {
            resolvers.add({
              provider: 'acme',
              name: 'ofType',
              resolver: async (_info, ctx) => ctx.issueToken({ claims: { sub: 'user:default/typed' } }),
            });
          },
        });
      },
    });
    const portal = await start(
      {
        quiet: { type: 'acme', development: environment },
        named: {
          type: 'acme',
          development: { ...environment, signIn: { resolvers: [{ resolver: 'ofType' }] } },
        },
      },
      [ofType],
    );
    const userOf = async (id: string) => {
      const browser = new Browser();
      const started = await browser.send(`${portal.base}/${id}/start?env=development&origin=${appOrigin}`);
      const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
      const answer = await browser.send(`${portal.base}/${id}/handler/frame?code=x&state=${state}`);
      return readAnswerPage(answer.text).message?.response?.backstageIdentity?.identity.userEntityRef;
    };
    expect([await userOf('quiet'), await userOf('named')]).toEqual([undefined, 'user:default/typed']);
  });
});

describe('a hosted Backstage module', () => {
  it('is given its block without the reserved keys, and shown with them', async () => {
    const seen: { keys: string[]; all: unknown; own: unknown }[] = [];
    const module = createBackendModule({
      pluginId: 'auth',
      moduleId: 'hosted-provider',
      register({ registerInit }) {
        registerInit({
          deps: { providers: authProvidersExtensionPoint },
          init({ providers }) {
            const handler = async () => Promise.resolve();
            providers.registerProvider({
              providerId: 'vendor',
              factory: ({ config }: { config: Config }) => {
                // As Backstage's modules do it.
                const own = config.keys().map((env) => config.getConfig(env).getString('clientId'));
                seen.push({ keys: config.keys(), all: config.get(), own });
                return { start: handler, frameHandler: handler, refresh: handler, logout: handler };
              },
            });
          },
        });
      },
    });
    await start(
      { west: { type: 'vendor', title: 'Vendor West', icon: 'key', development: { clientId: 'a' } } },
      [module],
    );
    expect(seen).toEqual([{ keys: ['development'], all: { development: { clientId: 'a' } }, own: ['a'] }]);
    expect(choice('west')).toMatchObject({ type: 'vendor', title: 'Vendor West', icon: 'key' });
  });
});
