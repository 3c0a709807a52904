/** The provider itself: how oidc-provider is set up. */
import type { JWK, Provider } from 'oidc-provider';
import { clientMetadata, type DevIdpClient } from './clients.ts';
import { errorPage, logoutPage, signedOutPage } from './pages.ts';
import type { DemoPerson } from './people.ts';
import type { ProviderStore } from './store.ts';

const day = 24 * 60 * 60;

/** The name of the cookie in which oidc-provider would remember who signed in. */
export const sessionCookieName = 'dev_idp_session';

/** Where each endpoint is, below the issuer. */
export const routes = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  revocation: '/revoke',
  endSession: '/logout',
  interaction: '/interaction',
  picture: '/picture',
} as const;

/** What can change while the provider runs. */
export interface ProviderSettings {
  accessTokenSeconds: number;
  rotateRefreshTokens: boolean;
}

export interface CreateProviderOptions {
  issuer: string;
  clients: readonly DevIdpClient[];
  keys: JWK[];
  store: ProviderStore;
  findPerson(id: string): DemoPerson | undefined;
  /** Whether a browser stays signed in, and can sign out. */
  remembersPeople: boolean;
  /** Read at each use. */
  settings: Readonly<ProviderSettings>;
}

export async function createProvider(options: CreateProviderOptions): Promise<Provider> {
  const { issuer, clients, keys, store, findPerson, settings, remembersPeople } = options;
  const mountPath = new URL(issuer).pathname.replace(/\/$/, '');
  const { Provider } = await importProvider();
  const provider = new Provider(issuer, {
    adapter: (model: string) => store.adapter(model),
    clients: clients.map(clientMetadata),
    jwks: { keys },
    // As at real providers, e-mail and profile stand in userinfo, not in the ID token (OpenID Connect Core 5.4).
    claims: { openid: ['sub'], profile: ['name', 'picture'], email: ['email', 'email_verified'] },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    async findAccount(_ctx, id) {
      const person = findPerson(id);
      return person && { accountId: id, claims: async () => ({ sub: id, ...claimsOf(person, issuer) }) };
    },
    interactions: { url: (_ctx, { uid }) => `${mountPath}${routes.interaction}/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: remembersPeople,
        logoutSource(ctx, form) {
          const { html, headers } = logoutPage(form);
          ctx.set(headers);
          ctx.body = html;
        },
        postLogoutSuccessSource(ctx) {
          const { html, headers } = signedOutPage();
          ctx.set(headers);
          ctx.body = html;
        },
      },
      backchannelLogout: { enabled: remembersPeople },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
    },
    routes: {
      authorization: routes.authorization,
      token: routes.token,
      userinfo: routes.userinfo,
      jwks: routes.jwks,
      revocation: routes.revocation,
      end_session: routes.endSession,
    },
    // Applications of a development machine are at addresses that oidc-provider's own dispatcher refuses.
    fetch: async (url, init: RequestInit & { dispatcher?: unknown } = {}) => {
      const { dispatcher: _dispatcher, ...options } = init;
      return fetch(url, options);
    },
    // RFC 9700 section 2.1.1.
    pkce: { required: () => true },
    clientBasedCORS: () => false,
    cookies: {
      names: { session: sessionCookieName, interaction: 'dev_idp_login', resume: 'dev_idp_resume' },
      long: {
        httpOnly: true,
        sameSite: 'lax',
        path: remembersPeople ? `${mountPath}/` : `${mountPath}${routes.authorization}`,
      },
    },
    // Where there is no lasting session (see devIdp.ts), nothing may end with one.
    expiresWithSession: () => false,
    rotateRefreshToken: () => settings.rotateRefreshTokens,
    ttl: {
      AccessToken: () => settings.accessTokenSeconds,
      AuthorizationCode: () => 60,
      Grant: () => 14 * day,
      IdToken: () => 60 * 60,
      Interaction: () => 60 * 60,
      RefreshToken: () => 14 * day,
      Session: () => 60 * 60,
    },
    renderError(ctx, { error, error_description: description }) {
      const { html, headers } = errorPage(error, description ?? '');
      ctx.set(headers);
      ctx.body = html;
    },
  });
  // Absolute URLs come from the issuer: see the forwarded headers in devIdp.ts.
  provider.proxy = true;
  return provider;
}

/** Loads oidc-provider past its index, which prints a warning on every Node line but the newest. The pin is exact. */
async function importProvider(): Promise<typeof import('oidc-provider')> {
  const path: string = 'oidc-provider/lib/provider.js';
  return (await import(path)) as typeof import('oidc-provider');
}

function claimsOf(person: DemoPerson, issuer: string): Record<string, string | boolean> {
  const picture = person.picture ?? `${issuer}${routes.picture}/${person.id}.svg`;
  return {
    name: person.name,
    email: person.email,
    email_verified: person.emailVerified,
    ...(picture !== false && { picture }),
  };
}
