/** The service `vestibule.auth.userInfo`: what `/v1/userinfo` answers for each user. */
import { createServiceRef } from '@vestibule/backend-plugin-api';
import { defaultServiceFactory } from './defaultServices.ts';
import type { UserTokenClaims } from './tokenIssuer.ts';

/** The member `claims` of a userinfo response. @public */
export interface StoredClaims {
  /** Full entity reference of the user. */
  sub: string;
  /** Full entity references of what the user owns. */
  ent: readonly string[];
  /** Further claims of the resolver. */
  [claim: string]: unknown;
}

/**
 * Stores what a user's last sign-in or refresh said of them. Both methods throw `ERR_AUTH_UNAVAILABLE` (`RefusalError`) while
 * the store does not answer.
 *
 * @public
 */
export interface AuthUserInfoService {
  /** Stores the claims of a user in place of the earlier ones. */
  write(claims: UserTokenClaims): Promise<void>;
  /** @param sub - Full entity reference. @returns `undefined` for somebody who never signed in. */
  read(sub: string): Promise<StoredClaims | undefined>;
}

/** What `/v1/userinfo` answers. By default in the database of sign-in. @public */
export const userInfoServiceRef = createServiceRef<AuthUserInfoService>({
  id: 'vestibule.auth.userInfo',
  defaultFactory: async () => defaultServiceFactory('userInfoServiceFactory'),
});
