/** A portal as a platform engineer runs it: the config, the requests of its front end, and what they answer. */
import type { DevIdpServer } from '@vestibule/dev-idp';
import type { HttpAnswer, HttpBrowser } from '@vestibule/backend-test-utils';

/** Where the front end lives; nothing runs there. */
export const appOrigin = 'http://localhost:3000';

/** What must stand in no log. The client secret reaches the config through the environment. */
export const secrets = {
  session: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5',
  client: 'k2Jm-client-secret-of-production-7Qx',
};

/** The `app-config` of a portal in production, with the keys that Backstage has. */
export function portalConfig(options: {
  /** As browsers know it, and where it listens. */
  port: number;
  listenPort?: number;
  database: object;
  idp: DevIdpServer;
  catalogUrl: string;
}): string {
  const { port, listenPort = port, database, idp, catalogUrl } = options;
  return `
app:
  title: Acme portal
  baseUrl: ${appOrigin}

organization:
  name: Acme

backend:
  baseUrl: http://localhost:${port}
  listen:
    host: 127.0.0.1
    port: ${listenPort}
  cors:
    origin: ${appOrigin}
    methods: [GET, HEAD, PATCH, POST, PUT, DELETE]
    credentials: true
  database: ${JSON.stringify(database)}

discovery:
  endpoints:
    - target: ${catalogUrl}/api/catalog
      plugins: [catalog]

auth:
  environment: production
  session:
    secret: ${secrets.session}
  providers:
    guest: {}
    oidc:
      production:
        metadataUrl: ${idp.metadataUrl}
        clientId: portal
        clientSecret: \${AUTH_OIDC_CLIENT_SECRET}
        prompt: consent
        additionalScopes: [offline_access]
        sessionDuration: { hours: 24 }
        signIn:
          resolvers:
            - resolver: emailMatchingUserEntityProfileEmail

catalog:
  rules:
    - allow: [User, Group, Component]
`;
}

/** The answer to a sign-in and to each refresh, as far as the tests look. */
export interface AuthResponse {
  profile: { email?: string; displayName?: string };
  providerInfo: { idToken?: string; accessToken?: string; scope: string };
  backstageIdentity: {
    token: string;
    expiresInSeconds: number;
    identity: { type: string; userEntityRef: string; ownershipEntityRefs: string[] };
  };
}

/** To the identity provider and back; the callback is not called. */
export async function reachCallback(
  browser: HttpBrowser,
  base: string,
  idp: { authorize(url: string, answer: { as: string }): Promise<string> },
  as = 'jane',
  provider = 'oidc',
): Promise<string> {
  const query = { env: 'production', origin: appOrigin, flow: 'popup', scope: '' };
  if (provider === 'oidc') query.scope = 'openid profile email';
  const { status, headers, text } = await browser.send(
    `${base}/${provider}/start?${new URLSearchParams(query).toString()}`,
  );
  if (status !== 302) throw new Error(`start answered ${status}: ${text}`);
  return idp.authorize(headers.get('location') ?? '', { as });
}

/** What a popup page posts, and to whom. */
export function readPopup({ text }: HttpAnswer): { response: AuthResponse; origin: string } {
  const [, message, origin] = /data-message="([^"]*)"\s+data-origin="([^"]*)"/.exec(text) ?? [];
  if (message === undefined || origin === undefined) throw new Error(`no popup page: ${text}`);
  const { type, response } = JSON.parse(decodeURIComponent(message)) as {
    type: string;
    response?: AuthResponse;
  };
  if (type !== 'authorization_response' || !response) throw new Error(decodeURIComponent(message));
  return { response, origin: decodeURIComponent(origin) };
}

/** The whole sign-in of Jane, in a popup. */
export async function signIn(browser: HttpBrowser, base: string, idp: DevIdpServer) {
  const callback = await reachCallback(browser, base, idp);
  const answer = await browser.send(callback);
  return { callback, answer, ...readPopup(answer) };
}

const asFrontEnd = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };

export async function refresh(browser: HttpBrowser, base: string, provider = 'oidc'): Promise<HttpAnswer> {
  return browser.send(`${base}/${provider}/refresh?optional&env=production`, { headers: asFrontEnd });
}

export async function logout(browser: HttpBrowser, base: string): Promise<HttpAnswer> {
  return browser.send(`${base}/oidc/logout?env=production`, { method: 'POST', headers: asFrontEnd });
}
