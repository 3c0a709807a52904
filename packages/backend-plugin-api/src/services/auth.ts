/** The services `core.auth`, `core.httpAuth` and `core.userInfo`: who calls, and calling as oneself. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../config/config.ts';

/** Nobody in particular. @public */
export interface NonePrincipal {
  type: 'none';
}

/** A signed-in user. @public */
export interface UserPrincipal {
  type: 'user';
  /** Full entity reference, for example `user:default/jane`. */
  userEntityRef: string;
  /** The plugin that calls on behalf of the user, where one does. */
  actor?: ServicePrincipal;
}

/** Another plugin, or an external service. @public */
export interface ServicePrincipal {
  type: 'service';
  /** `plugin:<id>`, `external:<name>`, or what the config says of an external caller. */
  subject: string;
  /** What an external caller may do here. Without it, anything that services may. */
  accessRestrictions?: PrincipalAccessRestrictions;
}

/**
 * What `backend.auth.externalAccess[].accessRestrictions` leaves of a plugin. The plugin itself is checked when the token
 * is; these are for whoever asks for permissions. Each list has at least one entry.
 *
 * @public
 */
export interface PrincipalAccessRestrictions {
  /** Only actions with these permissions. */
  permissionNames?: string[];
  /** Only actions whose permissions have one of these attributes. */
  permissionAttributes?: { action?: ('create' | 'read' | 'update' | 'delete')[] };
}

/** The principals by the name under which `auth.isPrincipal` asks for them. @public */
export interface PrincipalTypes {
  none: NonePrincipal;
  user: UserPrincipal;
  service: ServicePrincipal;
  unknown: unknown;
}

/** Verified credentials. The token itself is kept out of the object's enumerable properties. @public */
export interface BackstageCredentials<TPrincipal = unknown> {
  readonly $$type: '@backstage/BackstageCredentials';
  /** When the credentials end, where they do. */
  readonly expiresAt?: Date;
  readonly principal: TPrincipal;
}

/** Verifies tokens and issues those that a plugin needs for its own calls. @public */
export interface AuthService {
  /**
   * Verifies a token.
   *
   * @param options - `allowLimitedAccess`: accept limited user tokens too. Default `false`.
   * @throws AuthenticationError `ERR_TOKEN_INVALID`.
   */
  authenticate(token: string, options?: { allowLimitedAccess?: boolean }): Promise<BackstageCredentials>;
  /** Whether the credentials are of a type. */
  isPrincipal<TType extends keyof PrincipalTypes>(
    credentials: BackstageCredentials,
    type: TType,
  ): credentials is BackstageCredentials<PrincipalTypes[TType]>;
  getNoneCredentials(): Promise<BackstageCredentials<NonePrincipal>>;
  getOwnServiceCredentials(): Promise<BackstageCredentials<ServicePrincipal>>;
  /** A token for a call to another plugin, on behalf of whoever the credentials name. Reused until near its end. */
  getPluginRequestToken(options: {
    onBehalfOf: BackstageCredentials;
    targetPluginId: string;
  }): Promise<{ token: string }>;
  /** The limited token of a user, for cookies. */
  getLimitedUserToken(
    credentials: BackstageCredentials<UserPrincipal>,
  ): Promise<{ token: string; expiresAt: Date }>;
  /** The public keys with which this plugin's service tokens are verified (RFC 7517). */
  listPublicServiceKeys(): Promise<{ keys: JsonObject[] }>;
}

/** Reads who calls a route. @public */
export interface HttpAuthService {
  /**
   * The caller's credentials.
   *
   * @param options - `allow`: the principals to accept; default all but `none`. `allowLimitedAccess`: accept limited user
   *   tokens, in the cookie too. Default `false`.
   * @throws AuthenticationError `ERR_CREDENTIALS_MISSING` or `ERR_TOKEN_INVALID`.
   * @throws NotAllowedError `ERR_PRINCIPAL_NOT_ALLOWED`.
   */
  credentials<TAllowed extends keyof PrincipalTypes = 'unknown'>(
    request: IncomingMessage,
    options?: { allow?: TAllowed[]; allowLimitedAccess?: boolean },
  ): Promise<BackstageCredentials<PrincipalTypes[TAllowed]>>;
  /** Sets the cookie `backstage-auth` with the caller's limited token. */
  issueUserCookie(
    response: ServerResponse,
    options?: { credentials?: BackstageCredentials },
  ): Promise<{ expiresAt: Date }>;
}

/** What a signed-in user owns. @public */
export interface UserInfo {
  userEntityRef: string;
  ownershipEntityRefs: string[];
}

/** Looks up what a user owns: from the token where it says so, else from the auth plugin's `/v1/userinfo`. @public */
export interface UserInfoService {
  getUserInfo(credentials: BackstageCredentials): Promise<UserInfo>;
}
