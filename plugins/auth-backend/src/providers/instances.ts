/** What the routes work with: one configured provider, in one environment where it has several. */
import type {
  AuthResolverContext,
  HostedRouteHandlers,
  OAuthProvider,
  ProxyProvider,
} from '@vestibule/plugin-auth-node';
import type { AttemptCookies } from '../attempts/attemptCookies.ts';
import type { NamedResolver } from '../resolution/resolveIdentity.ts';
import type { CookieAttributes } from '../routes/cookies.ts';

/** An OAuth-type provider in one environment. */
export interface OAuthInstance {
  readonly kind: 'oauth';
  readonly providerId: string;
  readonly environment: string;
  readonly title: string;
  readonly provider: OAuthProvider;
  readonly callbackUrl: string;
  /** Asked for always. */
  readonly scopes: readonly string[];
  readonly persistsScopes: boolean;
  readonly sessionMilliseconds: number;
  readonly resolvers: readonly NamedResolver[];
  readonly attempts: AttemptCookies;
  readonly sessionCookie: CookieAttributes & { readonly name: string };
}

/** A proxy-type provider. */
export interface ProxyInstance {
  readonly kind: 'proxy';
  readonly providerId: string;
  readonly title: string;
  readonly provider: ProxyProvider;
  readonly resolvers: readonly NamedResolver[];
}

/** A Backstage provider module, unmodified. It chooses the environment itself. */
export interface HostedInstance {
  readonly kind: 'hosted';
  readonly providerId: string;
  /** The environments that its block names. */
  readonly environments: readonly string[];
  readonly handlers: HostedRouteHandlers;
  /** Runs one of its handlers, and collects what its resolver issues meanwhile. */
  inRequest<T>(request: HostedRequestScope, run: () => Promise<T>): Promise<T>;
  readonly attempts: AttemptCookies;
  readonly sessionCookie: CookieAttributes & { readonly name: string };
}

/** What a module's resolver sees while a request of one person is under way. */
export interface HostedRequestScope {
  readonly context: AuthResolverContext;
}

/** Everything under one provider id. */
export type ProviderEntry =
  | { readonly kind: 'oauth'; readonly environments: ReadonlyMap<string, OAuthInstance> }
  | ProxyInstance
  | HostedInstance
  | {
      readonly kind: 'disabled';
      readonly providerId: string;
      readonly title: string;
      readonly problem: string;
    };
