/** The `AuthResponse`: what a front end gets from a sign-in and from each refresh. */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { IssuedToken, ProfileInfo, UserIdentity, UserTokenClaims } from '@vestibule/plugin-auth-node';
import type { VendorTokens } from './sessions/session.ts';

/** Members that are undefined are absent on the wire. */
export interface AuthResponse {
  profile: ProfileInfo;
  providerInfo?: {
    idToken?: string;
    accessToken?: string;
    scope?: string;
    expiresInSeconds?: number;
    [detail: string]: unknown;
  };
  backstageIdentity?: { token: string; identity: UserIdentity; expiresInSeconds: number };
}

/** What a provider delegated. For a grace answer, `until` bounds it and an expired access token is left out. */
export function providerInfoOf(
  tokens: VendorTokens,
  clock: ClockService,
  graceSeconds?: number,
): AuthResponse['providerInfo'] {
  const left =
    tokens.expiresAt === undefined ? undefined : Math.floor((tokens.expiresAt - clock.now()) / 1000);
  const isAlive = left === undefined || left > 0;
  const expiresInSeconds =
    graceSeconds === undefined
      ? left
      : Math.min(graceSeconds, isAlive ? (left ?? graceSeconds) : graceSeconds);
  return {
    ...(tokens.idToken !== undefined && { idToken: tokens.idToken }),
    ...(isAlive && { accessToken: tokens.accessToken }),
    scope: tokens.scopes.join(' '),
    ...(expiresInSeconds !== undefined && { expiresInSeconds: Math.max(0, expiresInSeconds) }),
  };
}

/** The portal identity. */
export function backstageIdentityOf(
  { token, expiresAtEpochSeconds }: IssuedToken,
  { sub, ent }: UserTokenClaims,
  clock: ClockService,
): NonNullable<AuthResponse['backstageIdentity']> {
  return {
    token,
    identity: { type: 'user', userEntityRef: sub, ownershipEntityRefs: [...ent] },
    expiresInSeconds: expiresAtEpochSeconds - Math.floor(clock.now() / 1000),
  };
}
