/** What applies to the logins of one configured provider, and what becomes of one. */
import type { Deadline } from '@vestibule/backend-plugin-api';
import type { ProfileInfo, ProfileTransform, SignInResolver } from '@vestibule/plugin-auth-node';
import type { RecordDraft } from '../record/recordDraft.ts';
import type { Gates } from './gates.ts';
import type { Grant } from './grant.ts';
import type { IssuedIdentity } from './resolverContext.ts';

/** A profile transform that runs, and where it came from. */
export interface NamedTransform {
  name: string;
  source: 'provider' | 'module';
  transform: ProfileTransform;
}

/** A resolver that runs, and where it came from. */
export interface NamedResolver {
  name: string;
  source: 'config' | 'module' | 'provider';
  resolver: SignInResolver;
  /** What it asks the catalog for, where that is known. */
  looksUp?: string;
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

/** One login on its way through this room. */
export interface Evaluation {
  readonly login: Grant;
  readonly policy: SignInPolicy;
  /** Takes the steps. */
  readonly draft: RecordDraft;
  readonly budget: Deadline;
}

/** What a login became. */
export interface SignInOutcome {
  /** What the person sees of themself: after the transforms. */
  profile: ProfileInfo;
  /** Absent for access delegation. */
  issued?: IssuedIdentity;
}

/** Whether a login that was judged so is a sign-in; where a module's own resolvers decide, its identity says so. */
export function isSignIn({ resolvers }: SignInPolicy, identity: object | undefined): boolean {
  return resolvers ? resolvers.length > 0 : identity !== undefined;
}
