/** The `AuthResponse`: what a front end gets from a sign-in and from each refresh. */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { ProfileInfo, UserIdentity } from '@vestibule/plugin-auth-node';
import type { Grant } from './policy/grant.ts';
import type { IssuedIdentity } from './policy/resolverContext.ts';
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

/** Of what came of a login. `staleSeconds`: that it is the last good one once more, and for how long. */
export function responseOf(
  { profile, issued }: { profile: ProfileInfo; issued?: Omit<IssuedIdentity, 'ownership'> | undefined },
  grant: Pick<Grant, 'providerInfo'> & { tokens?: VendorTokens },
  { clock, staleSeconds }: { clock: ClockService; staleSeconds?: number },
): AuthResponse {
  const { tokens } = grant;
  const isWorded = 'providerInfo' in grant || !tokens;
  const providerInfo = isWorded ? grant.providerInfo : providerInfoOf(tokens, clock, staleSeconds);
  const backstageIdentity = issued && {
    token: issued.token,
    identity: {
      type: 'user' as const,
      userEntityRef: issued.claims.sub,
      ownershipEntityRefs: [...issued.claims.ent],
    },
    expiresInSeconds: issued.expiresAtEpochSeconds - Math.floor(clock.now() / 1000),
  };
  return { profile, ...(providerInfo && { providerInfo }), ...(backstageIdentity && { backstageIdentity }) };
}

/** What a provider delegated. Of a stale one, an expired access token is left out. */
function providerInfoOf(
  tokens: VendorTokens,
  clock: ClockService,
  staleSeconds?: number,
): AuthResponse['providerInfo'] {
  const left =
    tokens.expiresAt === undefined ? undefined : Math.floor((tokens.expiresAt - clock.now()) / 1000);
  const isAlive = left === undefined || left > 0;
  const expiresInSeconds =
    staleSeconds === undefined
      ? left
      : Math.min(staleSeconds, isAlive ? (left ?? staleSeconds) : staleSeconds);
  return {
    scope: tokens.scopes.join(' '),
    ...(tokens.idToken !== undefined && { idToken: tokens.idToken }),
    ...(isAlive && { accessToken: tokens.accessToken }),
    ...(expiresInSeconds !== undefined && { expiresInSeconds: Math.max(0, expiresInSeconds) }),
  };
}
