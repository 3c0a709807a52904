/**
 * Puts the parts together: one Node-style handler that serves the login page, the pictures and, behind the failure
 * scenarios, oidc-provider.
 *
 * Unless it is told to, it remembers nobody: each authorization asks who is signing in, and one answer is login and consent at once. So
 * switching from Jane to Kim, or two tabs with different people, never meet each other's session.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '@vestibule/backend-plugin-api';
import { algorithmOf, type DevIdpClient } from './clients.ts';
import {
  applyFault,
  createGate,
  type DevIdpEndpoint,
  type DevIdpScenario,
  type HeldRequests,
} from './faults.ts';
import { createLoginHandler } from './login.ts';
import { personPicture } from './pages.ts';
import type { DemoPerson } from './people.ts';
import { createProvider, routes, sessionCookieName, type ProviderSettings } from './provider.ts';
import { createSigningKeys } from './signingKeys.ts';
import { createProviderStore } from './store.ts';

export interface CreateDevIdpOptions {
  /** No trailing slash. */
  issuer: string;
  clients: readonly DevIdpClient[];
  people: readonly DemoPerson[];
  /** Default: false. */
  remembersPeople?: boolean;
}

/** Switches that work while the provider runs. @public */
export interface DevIdpControl {
  /** Replaces the faults in force; `{}` ends them. */
  scenario(faults: DevIdpScenario): void;
  /** Makes requests to an endpoint wait until they are released. */
  hold(endpoint: DevIdpEndpoint): HeldRequests;
  /** How many requests each endpoint received since the start or the last `resetRequests`, failed ones included. */
  requests(): Record<DevIdpEndpoint, number>;
  resetRequests(): void;
  /**
   * Changes settings; the others stay.
   *
   * @param settings - `rotateRefreshTokens`: each refresh gives a new refresh token and ends the old one; default `false`.
   *   `accessTokenSeconds`: lifetime of access tokens; default 3600.
   */
  configure(settings: Partial<ProviderSettings>): void;
  /** Signs with new keys from now on. With `keepOld`, the old ones stay published. */
  rotateKeys(options?: { keepOld?: boolean }): Promise<void>;
  /** Ends the refresh tokens of one person, or of all: the next use is `invalid_grant`. */
  revokeRefreshTokens(personId?: string): void;
  /** Tells each application with a `backchannelLogoutUri` that all sessions of a person have ended. Needs `remembersPeople`. */
  announceLogout(personId: string): Promise<void>;
  /** Changes a person from now on, in userinfo and on the login page. */
  changePerson(id: string, change: Partial<Omit<DemoPerson, 'id'>>): void;
}

export interface DevIdp {
  handler: HttpHandler;
  control: DevIdpControl;
}

export async function createDevIdp(options: CreateDevIdpOptions): Promise<DevIdp> {
  const { issuer, clients, remembersPeople = false } = options;
  const people = new Map(options.people.map((person) => [person.id, person]));
  const store = createProviderStore();
  const settings: ProviderSettings = { accessTokenSeconds: 60 * 60, rotateRefreshTokens: false };
  const providerWith = (signingKeys: typeof keys) =>
    createProvider({
      issuer,
      clients,
      keys: signingKeys,
      store,
      findPerson: (id) => people.get(id),
      settings,
      remembersPeople,
    });

  const algorithms = new Set(clients.map(algorithmOf));
  let keys = await createSigningKeys(algorithms);
  let provider = await providerWith(keys);
  let callback = provider.callback();
  let faultsInForce: DevIdpScenario = {};
  const gates = new Map<DevIdpEndpoint, ReturnType<typeof createGate>>();
  const counts = noRequests();
  const login = createLoginHandler({ provider: () => provider, people: () => [...people.values()] });

  return {
    handler(request, response, next) {
      const [path = '/'] = (request.url ?? '/').split('?');
      speakForIssuer(request, issuer);
      if (path.startsWith(`${routes.interaction}/`)) return login(request, response, next);
      if (path.startsWith(`${routes.picture}/`)) return servePicture(path, people, response, next);
      const endpoint = endpointOf(path);
      const answer = (): void => {
        if (!remembersPeople) forgetSession(request);
        void callback(request, response);
      };
      if (!endpoint) return answer();
      counts[endpoint] += 1;
      const gate = gates.get(endpoint);
      const proceed = (): void => applyFault(faultsInForce[endpoint], request, response, answer);
      return gate ? gate.pass(proceed) : proceed();
    },
    control: {
      scenario(faults) {
        faultsInForce = faults;
      },
      hold(endpoint) {
        const gate = createGate();
        gates.set(endpoint, gate);
        return gate;
      },
      requests: () => ({ ...counts }),
      resetRequests: () => void Object.assign(counts, noRequests()),
      configure: (change) => void Object.assign(settings, change),
      async rotateKeys({ keepOld = false } = {}) {
        const fresh = await createSigningKeys(algorithms);
        keys = keepOld ? [...fresh, ...keys] : fresh;
        // Keys are fixed in a provider; a new one over the same store knows every code, grant and token.
        provider = await providerWith(keys);
        callback = provider.callback();
      },
      revokeRefreshTokens: (personId) => store.removeRefreshTokens(personId),
      async announceLogout(personId) {
        for (const { clientId, backchannelLogoutUri } of clients) {
          if (backchannelLogoutUri === undefined) continue;
          const client = (await provider.Client.find(clientId)) as unknown as BackchannelClient;
          await client.backchannelLogout(personId);
        }
      },
      changePerson(id, change) {
        const person = people.get(id);
        if (!person) throw new Error(`there is no person '${id}' at this provider`);
        people.set(id, { ...person, ...change });
      },
    },
  };
}

/** What oidc-provider's types leave out. */
interface BackchannelClient {
  backchannelLogout(accountId: string, sid?: string): Promise<void>;
}

function noRequests(): Record<DevIdpEndpoint, number> {
  return { discovery: 0, jwks: 0, authorization: 0, token: 0, userinfo: 0, revocation: 0 };
}

function endpointOf(path: string): DevIdpEndpoint | undefined {
  switch (path) {
    case '/.well-known/openid-configuration':
      return 'discovery';
    case routes.jwks:
      return 'jwks';
    case routes.authorization:
      return 'authorization';
    case routes.token:
      return 'token';
    case routes.userinfo:
      return 'userinfo';
    case routes.revocation:
      return 'revocation';
    default:
      return undefined;
  }
}

/** Metadata and redirects name the issuer's scheme, host and path, whatever name and path the request came by. */
function speakForIssuer(request: IncomingMessage, issuer: string): void {
  const { host, protocol, pathname } = new URL(issuer);
  // A proxy may have taken a part of the path off. oidc-provider asks by Express's member what stood before `url`.
  Object.assign(request, { originalUrl: `${pathname.replace(/\/$/, '')}${request.url ?? '/'}` });
  request.headers['x-forwarded-host'] = host;
  request.headers['x-forwarded-proto'] = protocol.replace(':', '');
}

/** Keeps oidc-provider from recognising whoever signed in before. */
function forgetSession(request: IncomingMessage): void {
  const { cookie } = request.headers;
  if (!cookie) return;
  const others = cookie.split(/;\s*/).filter((pair) => !pair.startsWith(sessionCookieName));
  request.headers.cookie = others.join('; ');
}

function servePicture(
  path: string,
  people: ReadonlyMap<string, DemoPerson>,
  response: ServerResponse,
  next: () => void,
): void {
  const person = people.get(/^\/picture\/([a-z0-9-]+)\.svg$/.exec(path)?.[1] ?? '');
  if (!person) return next();
  const { svg, headers } = personPicture(person);
  response.writeHead(200, headers).end(svg);
}
