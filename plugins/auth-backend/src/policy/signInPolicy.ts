/**
 * What applies to the logins of one configured provider, and what the routes call to judge one: profile transforms, then
 * gates, then resolvers, then ownership; and, where config allows it, an identity for who is not in the catalog.
 */
import type { ProfileInfo, ProfileTransform, UserTokenClaims } from '@vestibule/plugin-auth-node';
import type { RecordDraft } from '../record/recordDraft.ts';
import type { Gates } from './gates.ts';
import type { NamedResolver } from './resolveIdentity.ts';
import type { Grant } from './grant.ts';
import type { IssuedIdentity } from './resolverContext.ts';

/** A profile transform that runs, and where it came from. */
export interface NamedTransform {
  name: string;
  source: 'provider' | 'module';
  transform: ProfileTransform;
}

/** What applies to one provider, in one environment where it has several. */
export interface SignInPolicy {
  readonly providerId: string;
  /** In the order of running. */
  readonly transforms: readonly NamedTransform[];
  readonly gates: Gates;
  /** Of the logins that come with no identity, where that differs from login to login. Default: as of the others. */
  readonly delegationGates?: Gates;
  /** In the order of asking; none means access delegation only. Absent where a Backstage module's own resolvers decide. */
  readonly resolvers?: readonly NamedResolver[];
  /** See `OAuthProviderDefinition.claimsOf`. */
  readonly claimsOf?: (result: unknown) => Readonly<Record<string, unknown>>;
  /** See `OAuthProviderDefinition.identifyingClaims`. */
  readonly identifyingClaims?: readonly string[];
}

/** What a login became. */
export interface SignInOutcome {
  /** What the person sees of themself: after the transforms. */
  profile: ProfileInfo;
  /** Absent for access delegation. */
  issued?: IssuedIdentity;
}

/** Judges logins, at sign-in and at every refresh. */
export interface SignInEvaluator {
  /**
   * The whole way, writing into the decision as it goes.
   *
   * @throws RefusalError with a code of the closed list.
   */
  evaluate(options: {
    login: Grant;
    policy: SignInPolicy;
    draft: RecordDraft;
    signal: AbortSignal;
  }): Promise<SignInOutcome>;
  /**
   * The gates alone, for a last good identity that goes out once more.
   *
   * @throws RefusalError `ERR_GATE_…`.
   */
  checkGates(options: {
    login: Grant;
    policy: SignInPolicy;
    /** Of the identity; absent for access delegation. */
    claims: UserTokenClaims | undefined;
    draft: RecordDraft;
  }): void;
}

/** Whether a login that was judged so is a sign-in; where a module's own resolvers decide, its identity says so. */
export function isSignIn({ resolvers }: SignInPolicy, identity: object | undefined): boolean {
  return resolvers ? resolvers.length > 0 : identity !== undefined;
}
