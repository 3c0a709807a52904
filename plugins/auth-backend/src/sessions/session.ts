/** What is kept of a sign-in. The browser holds an opaque session token; everything else is in the database, sealed. */
import type { GateQuestions, ProfileInfo, StoredSession, UserTokenClaims } from '@vestibule/plugin-auth-node';
import type { Grant } from '../policy/grant.ts';

/** A session that nobody uses for so long has ended. */
export const idleMilliseconds = 30 * 86_400_000;
/** For how long it is known how a session ended. */
export const rememberedMilliseconds = 86_400_000;

/** The provider's tokens. Times are milliseconds since the epoch. */
export interface VendorTokens {
  /** Absent where a Backstage module gives none. */
  accessToken?: string;
  tokenType: string;
  idToken?: string;
  /** The last one, where a refresh brought none: for signing out at the provider, and nobody is told it. */
  earlierIdToken?: string;
  refreshToken?: string;
  /** What the provider says the access token covers, or what was asked for where it does not say. */
  scopes: readonly string[];
  /** Absent for a token without end. */
  expiresAt?: number;
  /** When the provider last vouched for it. */
  checkedAt: number;
}

/** What a provider goes on with at a refresh, besides its tokens. The flow stores it and never looks in. */
export type VendorSession =
  /** `nonce`: of the sign-in; a refreshed ID token that carries one must carry this (OpenID Connect Core 12.2). */
  | { readonly version: 1; readonly kind: 'oauth'; readonly nonce?: string }
  /** `cookies`: the refresh and scope cookies of a Backstage module, which a browser never sees. */
  | { readonly version: 1; readonly kind: 'backstage'; readonly cookies: Readonly<Record<string, string>> };

/** Who it is: what the provider proved, and what the resolvers made of it last. */
export interface SessionIdentity extends Omit<Grant, 'identity' | 'providerInfo'> {
  /** The questions of gates that `evidence` answers. Absent where nothing was asked. */
  asked?: GateQuestions;
  /** What the person saw of themself last: the profile after the transforms. Absent where that is the provider's. */
  shown?: ProfileInfo;
  /** Absent for a provider that only delegates access. */
  claims?: UserTokenClaims;
}

/** A session, opened with its session token. */
export interface Session extends Omit<
  StoredSession,
  'key' | 'sealedTokens' | 'sealedIdentity' | 'createdAt' | 'lastUsedAt'
> {
  readonly sessionToken: string;
  readonly sessionTokenHash: string;
  readonly tokens: VendorTokens;
  readonly vendor: VendorSession;
  readonly identity: SessionIdentity;
}

/** What a session keeps of a grant, with what policy made of the last one. */
export function identityOf(
  grant: Grant & { tokens?: unknown; vendor?: unknown; sessionScopes?: unknown; providerSession?: unknown },
  asked: GateQuestions,
  earlier?: SessionIdentity,
): SessionIdentity {
  const {
    identity: _identity,
    providerInfo: _providerInfo,
    tokens: _tokens,
    vendor: _vendor,
    sessionScopes: _scopes,
    providerSession: _providerSession,
    ...proven
  } = grant;
  return {
    asked,
    ...proven,
    ...(earlier?.shown && { shown: earlier.shown }),
    ...(earlier?.claims && { claims: earlier.claims }),
  };
}

/**
 * Whether what a session knows of a login answers the membership queries of the config of today. Those that are the same in
 * another order, or with repetitions, are the same.
 */
export function answersQuestions({ asked = {} }: SessionIdentity, questions: GateQuestions): boolean {
  return canonical(asked) === canonical(questions);
}

function canonical(questions: GateQuestions): string {
  const sorted = Object.entries(questions)
    .filter(([, entries]) => entries.length > 0)
    .map(([gate, entries]) => [gate, [...new Set(entries)].sort()] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(sorted);
}

/** What may stand in no record. */
export function secretsOf({
  accessToken,
  refreshToken,
  idToken,
  earlierIdToken,
}: VendorTokens): (string | undefined)[] {
  return [accessToken, refreshToken, idToken, earlierIdToken];
}
