/**
 * `core.httpAuth`: reads the caller's token from `Authorization: Bearer`, and from the cookie `backstage-auth` only where
 * limited access is allowed, since browsers send cookies on any site's behalf.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  AuthenticationError,
  clockServiceRef,
  coreServices,
  createServiceFactory,
  type AuthService,
  type BackstageCredentials,
  type ClockService,
  type DiscoveryService,
  type HttpAuthService,
  type PrincipalTypes,
} from '@vestibule/backend-plugin-api';
import { credentialsMissing, principalNotAllowed } from './errors.ts';

const cookieName = 'backstage-auth';
// A cookie that lives this much longer is not replaced.
const keepMilliseconds = 5 * 60 * 1000;
const defaultAllowed: (keyof PrincipalTypes)[] = ['user', 'service'];

/** The default `core.httpAuth`. @public */
export const httpAuthServiceFactory = createServiceFactory({
  service: coreServices.httpAuth,
  deps: {
    auth: coreServices.auth,
    clock: clockServiceRef,
    discovery: coreServices.discovery,
    plugin: coreServices.pluginMetadata,
  },
  factory: ({ auth, clock, discovery, plugin }) =>
    createHttpAuth({ auth, discovery, pluginId: plugin.getId(), clock }),
});

function createHttpAuth(options: {
  auth: AuthService;
  discovery: DiscoveryService;
  pluginId: string;
  clock: ClockService;
}): HttpAuthService {
  const { auth, discovery, pluginId, clock } = options;
  // A request is verified once, however many handlers ask.
  const full = new WeakMap<IncomingMessage, Promise<BackstageCredentials>>();
  const limited = new WeakMap<IncomingMessage, Promise<BackstageCredentials>>();

  async function read(request: IncomingMessage, allowLimitedAccess: boolean): Promise<BackstageCredentials> {
    const token = bearerToken(request) ?? (allowLimitedAccess ? cookieToken(request) : undefined);
    return token === undefined ? auth.getNoneCredentials() : auth.authenticate(token, { allowLimitedAccess });
  }

  async function readOnce(
    request: IncomingMessage,
    allowLimitedAccess: boolean,
  ): Promise<BackstageCredentials> {
    const cache = allowLimitedAccess ? limited : full;
    const known = cache.get(request) ?? read(request, allowLimitedAccess);
    cache.set(request, known);
    return known;
  }

  async function credentials<TAllowed extends keyof PrincipalTypes = 'unknown'>(
    request: IncomingMessage,
    { allow, allowLimitedAccess = false }: { allow?: TAllowed[]; allowLimitedAccess?: boolean } = {},
  ): Promise<BackstageCredentials<PrincipalTypes[TAllowed]>> {
    const found = await readOnce(request, allowLimitedAccess);
    const allowed: readonly (keyof PrincipalTypes)[] = allow ?? defaultAllowed;
    if (!allowed.some((type) => auth.isPrincipal(found, type))) {
      if (auth.isPrincipal(found, 'none')) throw credentialsMissing();
      throw principalNotAllowed(auth.isPrincipal(found, 'user') ? 'user' : 'service');
    }
    return found as BackstageCredentials<PrincipalTypes[TAllowed]>;
  }

  async function issueUserCookie(
    response: ServerResponse,
    { credentials: given }: { credentials?: BackstageCredentials } = {},
  ): Promise<{ expiresAt: Date }> {
    if (given && auth.isPrincipal(given, 'none')) {
      await setCookie(response, '', new Date(0));
      return { expiresAt: new Date(clock.now()) };
    }
    const user = given ?? (await credentials(response.req, { allow: ['user'] }));
    if (!auth.isPrincipal(user, 'user')) {
      throw new AuthenticationError(
        'ERR_COOKIE_USER_REQUIRED',
        'Refused to issue cookie for non-user principal',
      );
    }
    const { token, expiresAt } = await auth.getLimitedUserToken(user);
    const existing = await existingCookie(response.req, user.principal.userEntityRef);
    if (existing && existing.getTime() - clock.now() >= keepMilliseconds) return { expiresAt: existing };
    await setCookie(response, token, expiresAt);
    return { expiresAt };
  }

  /** When the cookie of the same user ends; `undefined` for another user's, an invalid one, or none. */
  async function existingCookie(request: IncomingMessage, userEntityRef: string): Promise<Date | undefined> {
    const token = cookieToken(request);
    if (token === undefined) return undefined;
    try {
      const found = await auth.authenticate(token, { allowLimitedAccess: true });
      const isSame = auth.isPrincipal(found, 'user') && found.principal.userEntityRef === userEntityRef;
      return isSame ? found.expiresAt : undefined;
    } catch {
      return undefined;
    }
  }

  async function setCookie(response: ServerResponse, value: string, expires: Date): Promise<void> {
    const { protocol, hostname } = new URL(await discovery.getExternalBaseUrl(pluginId));
    // Browsers take localhost for secure, and only secure cookies may be sent from another site's page.
    const isSecure = protocol === 'https:' || hostname === 'localhost';
    response.appendHeader(
      'Set-Cookie',
      [
        `${cookieName}=${value}`,
        `Domain=${hostname}`,
        'Path=/',
        `Expires=${expires.toUTCString()}`,
        'HttpOnly',
        ...(isSecure ? ['Secure'] : []),
        'Priority=High',
        `SameSite=${isSecure ? 'None' : 'Lax'}`,
      ].join('; '),
    );
  }

  return { credentials, issueUserCookie };
}

function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function cookieToken(request: IncomingMessage): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === cookieName) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}
