/**
 * A provider module as Backstage's own packages are, under the id `vendor`. It is written down in their shape, without any
 * import, so that the released code and today's host the very same module. As theirs, it keeps a nonce in a cookie between
 * start and callback, and a refresh token in another, which it replaces at each refresh.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const nonceCookie = 'vendor-nonce';
const refreshCookie = 'vendor-refresh-token';
const firstRefreshToken = 'vendor-refresh-token-0';

/** What its factory is given, as far as it looks. */
interface FactoryOptions {
  resolverContext: {
    signInWithCatalogUser(query: { entityRef: { name: string } }): Promise<{ token: string }>;
  };
}

type HostedRequest = IncomingMessage & { query: Record<string, string>; cookies: Record<string, string> };

function createHandlers({ resolverContext }: FactoryOptions) {
  /** @param generation - How often the refresh token was replaced; the access token tells it. */
  async function authResponse(generation: number) {
    const { token } = await resolverContext.signInWithCatalogUser({ entityRef: { name: 'jane' } });
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      sub: string;
      ent: string[];
    };
    const identity = { type: 'user', userEntityRef: claims.sub, ownershipEntityRefs: claims.ent };
    return {
      profile: { email: 'jane@example.com', displayName: 'Jane Doe' },
      providerInfo: { accessToken: `vendor-access-${generation}`, scope: 'read', expiresInSeconds: 3600 },
      backstageIdentity: { token, identity },
    };
  }

  return {
    async start(_request: HostedRequest, response: ServerResponse) {
      response.setHeader('Set-Cookie', `${nonceCookie}=nonce-of-the-start`);
      response.setHeader('Location', 'https://vendor.example/authorize?state=nonce-of-the-start&client_id=x');
      response.statusCode = 302;
      response.end();
    },
    async frameHandler({ query, cookies }: HostedRequest, response: ServerResponse) {
      const nonce = cookies[nonceCookie];
      if (nonce === undefined || nonce !== query['state']) throw new Error('Invalid state');
      const message = { type: 'authorization_response', response: await authResponse(0) };
      response.setHeader('Set-Cookie', `${refreshCookie}=${firstRefreshToken}`);
      response.end(`<script>post('${encodeURIComponent(JSON.stringify(message))}')</script>`);
    },
    async refresh({ cookies }: HostedRequest, response: ServerResponse) {
      const generation = Number(/^vendor-refresh-token-(\d+)$/.exec(cookies[refreshCookie] ?? '')?.[1]) + 1;
      if (Number.isNaN(generation)) throw new Error('Missing session cookie');
      response.setHeader('Set-Cookie', `${refreshCookie}=vendor-refresh-token-${generation}`);
      response.end(JSON.stringify(await authResponse(generation)));
    },
    async logout(_request: HostedRequest, response: ServerResponse) {
      response.end();
    },
  };
}

/** The feature. */
export const vendorModule = {
  $$type: '@backstage/BackendFeature',
  version: 'v1',
  featureType: 'registrations',
  getRegistrations: () => [
    {
      type: 'module',
      pluginId: 'auth',
      moduleId: 'vendor-provider',
      extensionPoints: [],
      init: {
        deps: {
          providers: { $$type: '@backstage/ExtensionPoint', id: 'auth.providers', T: undefined },
        },
        func: async ({ providers }: { providers: { registerProvider(provider: object): void } }) =>
          providers.registerProvider({ providerId: 'vendor', factory: createHandlers }),
      },
    },
  ],
} as const;
