/** What the routes work with: one configured provider, in one environment where it has several. */
import type {
  AuthResolverContext,
  GateQuestions,
  BackstageRouteHandlers,
  OAuthProvider,
  ProxyProvider,
} from '@vestibule/plugin-auth-node';
import type { RequestEvidence } from './backstage/requestEvidence.ts';
import type { TransactionCookies } from '../transactions/transactionCookies.ts';
import type { Gates } from '../policy/gates.ts';
import type { NamedTransform, SignInPolicy } from '../policy/signInPolicy.ts';
import type { CookieAttributes } from '../http/cookies.ts';

/** How an instance is told apart. Its paths and cookies derive from its id. */
export interface InstanceIdentity {
  readonly providerId: string;
  /** The type of provider; the same as the id unless config says otherwise. */
  readonly type: string;
  readonly title: string;
  /** As in config; absent where the type decides. */
  readonly icon?: string;
}

/** An OAuth-type provider in one environment. */
export interface OAuthInstance extends InstanceIdentity {
  readonly kind: 'oauth';
  readonly environment: string;
  readonly provider: OAuthProvider;
  readonly callbackUrl: string;
  /** Asked for always. */
  readonly scopes: readonly string[];
  readonly persistsScopes: boolean;
  readonly sessionMilliseconds: number;
  /** For whoever runs the portal: what would make the vendor give refresh tokens. */
  readonly refreshTokenAdvice: string;
  readonly policy: SignInPolicy;
  /** What the provider is asked for the gates. */
  readonly questions: GateQuestions;
  readonly transactions: TransactionCookies;
  readonly sessionCookie: CookieAttributes & { readonly name: string };
}

/** A proxy-type provider. */
export interface ProxyInstance extends InstanceIdentity {
  readonly kind: 'proxy';
  readonly provider: ProxyProvider;
  readonly policy: SignInPolicy;
}

/** A Backstage provider module, unmodified. It chooses the environment itself. */
export interface BackstageInstance extends InstanceIdentity {
  readonly kind: 'hosted';
  /** One without logout: it keeps nothing, and its block is not divided by environment. */
  readonly isProxyType: boolean;
  /** The environments that its block names. */
  readonly environments: readonly string[];
  /** Those of an environment; whether `auth.allow` counts depends on whether the module issued an identity. */
  gatesOf(environment: string, options: { isSignIn: boolean }): Gates;
  /** What applies where resolvers that modules added decide; `undefined` where the module's own do. */
  policyOf(environment: string): SignInPolicy | undefined;
  /** Those that modules added. They run on the profile that the module makes, after its own resolvers. */
  readonly transforms: readonly NamedTransform[];
  /** As of an {@link OAuthInstance}. */
  readonly refreshTokenAdvice: string;
  /** How long sessions of an environment last at most. */
  sessionMillisecondsOf(environment: string): number;
  /** Those of today: read them for each request. */
  readonly handlers: BackstageRouteHandlers;
  /** Runs one of its handlers, and collects what its resolver issues meanwhile. */
  inRequest<T>(request: BackstageRequestScope, run: () => Promise<T>): Promise<T>;
  readonly transactions: TransactionCookies;
  readonly sessionCookie: CookieAttributes & { readonly name: string };
}

/** What a module's resolver sees while a request of one person is under way. */
export interface BackstageRequestScope {
  readonly context: AuthResolverContext;
  /** Remembers what the module asked for and was refused. */
  readonly evidence: RequestEvidence;
}

/** Everything under one provider id. */
export type ProviderEntry =
  | { readonly kind: 'oauth'; readonly environments: ReadonlyMap<string, OAuthInstance> }
  | ProxyInstance
  | BackstageInstance
  | DisabledInstance;

/** One whose block has a fault. */
export interface DisabledInstance extends InstanceIdentity {
  readonly kind: 'disabled';
  /** One sentence for people. */
  readonly problem: string;
}
