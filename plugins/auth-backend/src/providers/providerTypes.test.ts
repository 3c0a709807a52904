/** Types of providers: registered, as services, decorated. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule, createServiceFactory } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import {
  authProviderServiceRef,
  authProvidersExtensionPoint,
  createOAuthProviderFactory,
  createProxyProviderFactory,
  providerDefinitionOf,
  type AuthProvider,
  type AuthProvidersExtensionPoint,
  type OAuthProviderDefinition,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { startIdentityProvider } from '../testing/portal.ts';

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

async function start(features: object[]): Promise<Portal> {
  const portal = await startAcmePortal({
    idp,
    acme: createAcmeProvider(),
    features,
    auth: { providers: { served: { development: environment } } },
  });
  portals.push(portal);
  return portal;
}

const served = createOAuthProviderFactory({
  title: 'Served',
  configSchema: z.object({}),
  requiredScopes: [],
  create: () => ({
    authorizationUrl: async ({ state }) => Promise.resolve(new URL(`https://served.example/?state=${state}`)),
    exchange: async () => Promise.reject(new Error('not here')),
  }),
});
const again = createProxyProviderFactory({
  title: 'Again',
  configSchema: z.object({}),
  create: () => ({ authenticate: async () => Promise.resolve({ result: {}, profile: {} }) }),
});

const service = (factory: AuthProvider['factory']) =>
  createServiceFactory({
    service: authProviderServiceRef,
    deps: {},
    factory: () => ({ providerId: 'served', factory }),
  });

function module(moduleId: string, use: (point: AuthProvidersExtensionPoint) => void) {
  return createBackendModule({
    pluginId: 'auth',
    moduleId,
    register({ registerInit }) {
      registerInit({ deps: { point: authProvidersExtensionPoint }, init: ({ point }) => use(point) });
    },
  });
}

const startOf = async (portal: Portal, id: string) =>
  new Browser().send(`${portal.base}/${id}/start?env=development`);

describe('a provider as a service', () => {
  it('works as a registered one, and other modules look it up', async () => {
    const seen: string[] = [];
    const curious = createBackendModule({
      pluginId: 'auth',
      moduleId: 'curious',
      register({ registerInit }) {
        registerInit({
          deps: { providers: authProviderServiceRef },
          init({ providers }) {
            for (const { providerId, factory } of providers) {
              seen.push(`${providerId}: ${providerDefinitionOf(factory)?.title}`);
            }
          },
        });
      },
    });
    const portal = await start([service(served), curious]);
    // The portal of the tests installs the other two as anybody does, with one line each.
    expect(seen.sort()).toEqual(['guest: Guest', 'oidc: OpenID Connect', 'served: Served']);
    expect((await startOf(portal, 'served')).headers.get('location')).toContain('https://served.example/');
  });

  it('that is registered as well is one provider', async () => {
    const register = module('registers', (point) => {
      point.registerProvider({ providerId: 'served', factory: served });
      point.registerProvider({ providerId: 'served', factory: served });
    });
    expect((await startOf(await start([service(served), service(served), register]), 'served')).status).toBe(
      302,
    );
  });

  it.each<[string, object[]]>([
    ['two services', [service(served), service(again)]],
    [
      'a service and a registration',
      [
        service(served),
        module('registers', (point) => point.registerProvider({ providerId: 'served', factory: again })),
      ],
    ],
  ])('refuses the start where %s are different providers under one id', async (_, features) => {
    await expect(start(features)).rejects.toThrow("Auth provider 'served' was already registered");
  });
});

describe('a decorator', () => {
  it('changes a provider, whoever registers it and whenever, in the order of adding', async () => {
    const decorate = (moduleId: string, suffix: string) =>
      module(moduleId, (point) =>
        point.decorateProvider({
          providerId: 'served',
          decorate: (definition) => ({ ...definition, title: `${definition.title}${suffix}` }),
        }),
      );
    const wrap = module('wraps', (point) =>
      point.decorateProvider({
        providerId: 'served',
        decorate(definition) {
          if (definition.kind !== 'oauth') return definition;
          const wrapped: OAuthProviderDefinition = {
            ...definition,
            requiredScopes: ['one-more'],
            create(options) {
              const provider = definition.create(options);
              return {
                ...provider,
                async authorizationUrl(request) {
                  const url = await provider.authorizationUrl(request);
                  url.searchParams.set('scope', request.scopes.join(' '));
                  url.searchParams.set('title', definition.title);
                  return url;
                },
              };
            },
          };
          return wrapped;
        },
      }),
    );
    const portal = await start([decorate('a', ' A'), decorate('b', ' B'), wrap, service(served)]);
    const location = new URL((await startOf(portal, 'served')).headers.get('location') ?? '');
    expect(location.searchParams.get('scope')).toBe('one-more');
    expect(location.searchParams.get('title')).toMatch(/^Served A B$/);
  });

  const hosted = () => ({
    start: async () => Promise.resolve(),
    frameHandler: async () => Promise.resolve(),
  });
  it.each<[string, Parameters<AuthProvidersExtensionPoint['decorateProvider']>[0], RegExp]>([
    [
      'of a provider that is not there',
      { providerId: 'nobody', decorate: (one) => one },
      /no module provides it/,
    ],
    ['of a Backstage module', { providerId: 'hosted', decorate: (one) => one }, /it is a Backstage module/],
    [
      'that makes another kind of it',
      { providerId: 'served', decorate: (one) => ({ ...one, kind: 'proxy' }) as never },
      /no definition of the kind 'oauth'/,
    ],
    [
      'that returns no definition',
      { providerId: 'served', decorate: () => undefined as never },
      /no definition of the kind 'oauth'/,
    ],
    [
      'that throws',
      {
        providerId: 'served',
        decorate() {
          throw new Error('no');
        },
      },
      /the decorator threw/,
    ],
  ])('%s stops the start', async (_, decoration, words) => {
    const decorating = module('decorates', (point) => {
      point.registerProvider({ providerId: 'hosted', factory: hosted });
      point.decorateProvider(decoration);
    });
    await expect(start([decorating, service(served)])).rejects.toThrow(words);
  });
});
