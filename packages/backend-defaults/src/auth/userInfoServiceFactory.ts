/**
 * `core.userInfo`: what a user owns, from the token's claim `ent` where it has one, else from the auth plugin's
 * `/v1/userinfo`. An answer is remembered for 5 s, so that several look-ups within one request make one call.
 */
import {
  AuthenticationError,
  clockServiceRef,
  coreServices,
  createExpiringMap,
  createServiceFactory,
  InputError,
  NotFoundError,
  ServiceUnavailableError,
  type BackstageCredentials,
  type ClockService,
  type DiscoveryService,
  type ExpiringMap,
  type UserInfo,
  type UserInfoService,
} from '@vestibule/backend-plugin-api';
import { createOutboundHttp, parseJson, type OutboundHttp } from '@vestibule/outbound-http';
import { decodeJwt } from 'jose';
import { tokenOf } from './credentials.ts';
import { tokenHash } from './tokens.ts';

const rememberMilliseconds = 5000;
const maxRemembered = 1000;

/** The default `core.userInfo`. @public */
export const userInfoServiceFactory = createServiceFactory({
  service: coreServices.userInfo,
  deps: {
    clock: clockServiceRef,
    rootLifecycle: coreServices.rootLifecycle,
    discovery: coreServices.discovery,
  },
  createRootContext({ clock, rootLifecycle }) {
    const http = createOutboundHttp();
    rootLifecycle.addShutdownHook(async function closeUserInfoConnections() {
      await http.close();
    });
    return { http, answers: createExpiringMap<Promise<UserInfo>>({ clock, maxEntries: maxRemembered }) };
  },
  factory: ({ discovery, clock }, { http, answers }) => createUserInfo({ discovery, http, answers, clock }),
});

function createUserInfo(options: {
  discovery: DiscoveryService;
  http: OutboundHttp;
  answers: ExpiringMap<Promise<UserInfo>>;
  clock: ClockService;
}): UserInfoService {
  const { discovery, http, answers, clock } = options;
  return {
    async getUserInfo(credentials) {
      const { userEntityRef, token } = userOf(credentials);
      // The credentials exist because the token was verified.
      const { ent } = decodeJwt(token);
      if (isRefs(ent)) return { userEntityRef, ownershipEntityRefs: ent };

      const { ownershipEntityRefs } = await askOnce(token, userEntityRef);
      // A list of its own for each caller, who may change it.
      return { userEntityRef, ownershipEntityRefs: [...ownershipEntityRefs] };
    },
  };

  async function askOnce(token: string, userEntityRef: string): Promise<UserInfo> {
    const key = tokenHash(token);
    const known = answers.get(key);
    if (known) return known;
    const asking = ask(discovery, token, userEntityRef, http);
    answers.set(key, asking, clock.now() + rememberMilliseconds);
    try {
      return await asking;
    } catch (error) {
      // Failures are not remembered.
      answers.delete(key);
      throw error;
    }
  }
}

function userOf(credentials: BackstageCredentials): { userEntityRef: string; token: string } {
  const principal = credentials.principal as { type?: unknown; userEntityRef?: unknown };
  const token = tokenOf(credentials);
  if (principal.type !== 'user' || typeof principal.userEntityRef !== 'string' || token === undefined) {
    throw new InputError('ERR_USER_INFO_USER_REQUIRED', 'User info exists for user credentials only');
  }
  return { userEntityRef: principal.userEntityRef, token };
}

async function ask(
  discovery: DiscoveryService,
  token: string,
  userEntityRef: string,
  http: OutboundHttp,
): Promise<UserInfo> {
  const url = `${await discovery.getBaseUrl('auth')}/v1/userinfo`;
  let status: number;
  let body: unknown;
  try {
    const response = await http.request({ url, headers: { authorization: `Bearer ${token}` } });
    status = response.status;
    if (status === 200) body = parseJson(response);
  } catch (error) {
    throw unavailable(error);
  }
  if (status === 401) throw new AuthenticationError('ERR_TOKEN_INVALID', 'Illegal token');
  if (status === 404) throw new NotFoundError('ERR_USER_INFO_NOT_FOUND', 'User info not found');
  if (status !== 200) throw unavailable(new Error(`${url} answered with status ${status}`));
  const { sub, ent } = ((body as { claims?: unknown } | null)?.claims ?? {}) as {
    sub?: unknown;
    ent?: unknown;
  };
  if (sub !== userEntityRef || !isRefs(ent))
    throw unavailable(new Error(`${url} answered for somebody else`));
  return { userEntityRef, ownershipEntityRefs: ent };
}

function unavailable(cause: unknown): ServiceUnavailableError {
  return new ServiceUnavailableError('ERR_USER_INFO_UNAVAILABLE', 'User info cannot be read at the moment', {
    hint: 'The auth plugin does not answer as expected: see the cause, and check discovery.endpoints.',
    cause,
  });
}

function isRefs(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
