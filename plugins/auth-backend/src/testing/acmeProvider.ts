/** A provider that does what a test says, under the ids `acme` and `other`: lies, hangs, ignores signals. */
import { createBackendModule, type JsonObject } from '@vestibule/backend-plugin-api';
import {
  authProvidersExtensionPoint,
  createOAuthProviderFactory,
  signInResolverExtensionPoint,
  type CodeExchange,
  type OAuthProviderDefinition,
  type ProviderGrant,
  type RefreshRequest,
  type RevokeRequest,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import type { Answer, Browser } from './browser.ts';
import { appOrigin, readAnswerPage, startPortal, type ErrorBody } from './portal.ts';
import type { AuthResponse } from '../authResponse.ts';

/** What tests steer; `reset` makes it honest again. */
export interface AcmeProvider {
  exchange(): Promise<ProviderGrant>;
  refresh(request: RefreshRequest): Promise<ProviderGrant>;
  revoke(request: RevokeRequest): Promise<void>;
  /** Part of each transaction that was begun, held so that only others keep it in memory. */
  starts: WeakRef<object>[];
  /** The code exchanges that arrived. */
  exchanges: CodeExchange[];
  /** The refreshes that arrived. */
  refreshes: RefreshRequest[];
  /** What the resolver of the tests, `witness`, was shown. It passes. */
  witnessed: unknown[];
  reset(): void;
}

/** An honest grant for Jane, with changes. */
export function grantOf(tokens: Partial<ProviderGrant['tokens']> = {}): ProviderGrant {
  return {
    subject: 'jane-at-acme',
    issuer: 'https://acme.example',
    profile: { email: 'jane@example.com', displayName: 'Jane' },
    result: { login: 'jane' },
    tokens: {
      accessToken: 'acme-access-token',
      refreshToken: 'acme-refresh-token',
      tokenType: 'bearer',
      expiresInSeconds: 3600,
      ...tokens,
    },
  };
}

/** @param definition - What differs from a definition that can do as little as possible. */
export function createAcmeProvider(definition: Partial<OAuthProviderDefinition> = {}) {
  const honest = {
    exchange: async () => Promise.resolve(grantOf()),
    refresh: async () => Promise.resolve(grantOf()),
    revoke: async () => Promise.resolve(),
  };
  const acme: AcmeProvider = {
    ...honest,
    starts: [],
    exchanges: [],
    refreshes: [],
    witnessed: [],
    reset() {
      Object.assign(acme, honest);
      acme.starts.length = 0;
      acme.exchanges.length = 0;
      acme.refreshes.length = 0;
      acme.witnessed.length = 0;
    },
  };
  const factory = createOAuthProviderFactory({
    title: 'Acme',
    configSchema: z.object({}),
    requiredScopes: ['basic'],
    ...definition,
    create: () => ({
      async authorizationUrl({ state, scopes }) {
        acme.starts.push(new WeakRef(scopes));
        return Promise.resolve(new URL(`https://acme.example/authorize?${new URLSearchParams({ state })}`));
      },
      async exchange(request: CodeExchange) {
        acme.exchanges.push(request);
        return acme.exchange();
      },
      async refresh(request: RefreshRequest) {
        acme.refreshes.push(request);
        return acme.refresh(request);
      },
      revoke: async (request: RevokeRequest) => acme.revoke(request),
    }),
  });
  const module = createBackendModule({
    pluginId: 'auth',
    moduleId: 'acme-provider',
    register({ registerInit }) {
      registerInit({
        deps: { providers: authProvidersExtensionPoint, resolvers: signInResolverExtensionPoint },
        init({ providers, resolvers }) {
          for (const providerId of ['acme', 'other']) providers.registerProvider({ providerId, factory });
          resolvers.add({
            provider: 'acme',
            name: 'witness',
            resolver: async (info, ctx) => {
              acme.witnessed.push(info);
              return Promise.resolve(ctx.pass());
            },
          });
        },
      });
    },
  });
  return Object.assign(acme, { module });
}

type PortalOptions = NonNullable<Parameters<typeof startPortal>[0]>;

/** A portal whose only way in is Acme. `settings` are merged over its block. */
export async function startAcmePortal({
  acme,
  settings = {},
  session = {},
  auth = {},
  features = [],
  ...options
}: Omit<PortalOptions, 'oidc'> & {
  acme: ReturnType<typeof createAcmeProvider>;
  settings?: NonNullable<PortalOptions['oidc']>;
  session?: NonNullable<PortalOptions['auth']>;
}) {
  const block = {
    clientId: 'vestibule',
    clientSecret: 'a-client-secret-for-tests',
    signIn: { resolvers: [{ resolver: 'witness' }, { resolver: 'emailMatchingUserEntityProfileEmail' }] },
    ...settings,
  };
  const portal = await startPortal({
    ...options,
    features: [acme.module, ...features],
    auth: {
      ...auth,
      session: { secret: 'a-session-secret-for-tests', ...session },
      providers: {
        acme: { development: block, production: block },
        other: { development: { ...block, signIn: { resolvers: [] } } },
        ...(auth['providers'] as JsonObject | undefined),
      },
    },
  });
  const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };

  return Object.assign(portal, {
    /** The address that the provider would send the browser to. */
    async reachAcmeCallback(browser: Browser): Promise<string> {
      const query = new URLSearchParams({ env: 'development', flow: 'popup' });
      const started = await browser.send(`${portal.base}/acme/start?${query}`);
      const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
      return `${portal.base}/acme/handler/frame?${new URLSearchParams({ code: 'code', state })}`;
    },

    async acmeSignIn(browser: Browser) {
      const answer = await browser.send(await this.reachAcmeCallback(browser));
      return { answer, ...readAnswerPage(answer.text) };
    },

    async acmeRefresh(browser: Browser, scope = '') {
      const query = new URLSearchParams({ env: 'development', scope });
      const answer = await browser.send(`${portal.base}/acme/refresh?${query}`, { headers });
      return { answer, body: JSON.parse(answer.text) as AuthResponse & ErrorBody };
    },

    async acmeLogout(browser: Browser): Promise<Answer> {
      return browser.send(`${portal.base}/acme/logout?env=development`, { method: 'POST', headers });
    },
  });
}
