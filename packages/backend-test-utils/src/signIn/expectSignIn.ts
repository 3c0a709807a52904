/**
 * Unit tests of sign-in resolvers: `expectSignIn(resolver).given(login).toResolveTo(ref)`. The login is judged by the very
 * engine that the auth plugin runs; where it ends otherwise than expected, the error prints the decision as a tree.
 */
import { inspect } from 'node:util';
import type { Entity } from '@vestibule/catalog-model';
import { tryLogin, type TrialConfig, type TrialOutcome } from '@vestibule/plugin-auth-backend/testing';
import {
  isSignInResolverFactory,
  type AuthOwnershipResolver,
  type SignInResolver,
  type SignInResolverFactory,
  type SignInResolverObject,
} from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import { mockServices } from '../mockServices/mockServices.ts';
import type { TestLogin } from './logins.ts';

/** A resolver in any of its forms: a function, a factory, an object such as an instance of an `@Inject` class. @public */
export type AnySignInResolver<TResult> =
  SignInResolver<TResult> | SignInResolverObject<TResult> | SignInResolverFactory<TResult>;

/** One resolver, or several in the order of asking: a list, or by their names. @public */
export type SignInResolvers<TResult> =
  | AnySignInResolver<TResult>
  | readonly AnySignInResolver<TResult>[]
  | Readonly<Record<string, AnySignInResolver<TResult>>>;

/** What a login meets. @public */
export interface SignInExpectation<TResult> {
  /** Who is in the catalog. Default: nobody. */
  withCatalog(catalog: readonly Entity[] | CatalogService): SignInExpectation<TResult>;
  /** As a module that sets `authOwnershipResolutionExtensionPoint`. Default: none. */
  withOwnership(resolver: AuthOwnershipResolver): SignInExpectation<TResult>;
  /** The keys of `auth` in config that decide about a login: `allow`, `ownership`, `signIn`. Default: none of them. */
  withConfig(auth: TrialConfig): SignInExpectation<TResult>;
  /** After how many milliseconds a resolver is given up, `ERR_RESOLVER_TIMEOUT`. Default: 3000. */
  within(milliseconds: number): SignInExpectation<TResult>;
  /** Signs in, once. */
  given(login: TestLogin<TResult>): SignInTrial;
}

/** One login, and what may be said of it. Each gives the outcome, and rejects where it is another. @public */
export interface SignInTrial {
  /** Somebody is signed in, as this user. */
  toResolveTo(userEntityRef: string): Promise<TrialOutcome>;
  /** Somebody is signed in, and owns exactly these, in any order. */
  toOwn(ownershipEntityRefs: readonly string[]): Promise<TrialOutcome>;
  /** Nobody is signed in, for this reason. Default: whatever it is. */
  toBeDenied(code?: string): Promise<TrialOutcome>;
  /** Every resolver passes, so that the next one of the portal would be asked. */
  toPass(): Promise<TrialOutcome>;
}

/**
 * Says which resolvers a login meets.
 *
 * @param resolvers - A factory is called without options; call it yourself to give it some.
 * @example
 * ```ts
 * const people = [catalogUser('jane', { annotations: { 'acme.example/id': 'a-1' }, memberOf: ['rockets'] })];
 *
 * await expectSignIn(acmeResolver)
 *   .withCatalog(people)
 *   .given(oidc({ claims: { acme_id: 'a-1' } }))
 *   .toResolveTo('user:default/jane');
 * ```
 * @public
 */
export function expectSignIn<TResult = unknown>(
  resolvers: SignInResolvers<TResult>,
): SignInExpectation<TResult> {
  return expectation(namedResolvers(resolvers), { milliseconds: 3000 });
}

interface Surroundings {
  catalog?: CatalogService;
  ownershipResolver?: AuthOwnershipResolver;
  config?: TrialConfig;
  milliseconds: number;
}

function expectation<TResult>(
  resolvers: Record<string, SignInResolver<TResult>>,
  surroundings: Surroundings,
): SignInExpectation<TResult> {
  const having = (more: Partial<Surroundings>) => expectation(resolvers, { ...surroundings, ...more });
  return {
    withCatalog: (given) =>
      having({ catalog: isCatalog(given) ? given : mockServices.catalog({ entities: given }) }),
    withOwnership: (ownershipResolver) => having({ ownershipResolver }),
    withConfig: (config) => having({ config }),
    within: (milliseconds) => having({ milliseconds }),
    given(login) {
      const { catalog = mockServices.catalog(), milliseconds, ...rest } = surroundings;
      let outcome: Promise<TrialOutcome> | undefined;
      return trial(
        async () =>
          (outcome ??= tryLogin({
            login,
            resolvers,
            catalog,
            auth: mockServices.auth({ pluginId: 'auth' }),
            signal: AbortSignal.timeout(milliseconds),
            ...rest,
          })),
      );
    },
  };
}

function trial(run: () => Promise<TrialOutcome>): SignInTrial {
  const expecting = async (
    expected: string,
    holds: (outcome: TrialOutcome) => boolean,
  ): Promise<TrialOutcome> => {
    const outcome = await run();
    if (!holds(outcome)) throw new Error(described(expected, outcome));
    return outcome;
  };
  return {
    toResolveTo: async (ref) =>
      expecting(`${ref} to be signed in`, ({ identity }) => identity?.userEntityRef === ref),
    toOwn: async (refs) =>
      expecting(
        `somebody who owns exactly ${[...refs].sort().join(', ') || 'nothing'}`,
        ({ identity }) => identity !== undefined && isSameSet(identity.ownershipEntityRefs, refs),
      ),
    toBeDenied: async (code) =>
      expecting(`a refusal${code === undefined ? '' : ` with ${code}`}`, ({ record }) =>
        code === undefined ? record.outcome === 'refused' : record.code === code,
      ),
    toPass: async () =>
      expecting(
        'every resolver to pass',
        ({ record: { outcome, resolvers, gates } }) =>
          outcome === 'refused' &&
          resolvers.length > 0 &&
          [...resolvers, ...gates].every(({ verdict }) => verdict === 'pass'),
      ),
  };
}

function described(expected: string, { tree, identity, error }: TrialOutcome): string {
  const owned = identity && `It owns: ${identity.ownershipEntityRefs.join(', ')}`;
  const cause = error instanceof Error && error.cause !== undefined && inspect(error.cause);
  return [`Expected ${expected}, but:`, '', tree, ...[owned, cause].filter(Boolean)].join('\n');
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  const [one, other] = [new Set(some), new Set(others)];
  return one.size === other.size && [...one].every((ref) => other.has(ref));
}

function isCatalog(given: readonly Entity[] | CatalogService): given is CatalogService {
  return !Array.isArray(given);
}

function namedResolvers<TResult>(given: SignInResolvers<TResult>): Record<string, SignInResolver<TResult>> {
  if (isResolver(given)) return { resolver: functionOf(given) };
  const entries = Array.isArray(given)
    ? (given as readonly AnySignInResolver<TResult>[]).map(
        (one, index) => [`resolver ${index + 1}`, one] as const,
      )
    : Object.entries(given as Readonly<Record<string, AnySignInResolver<TResult>>>);
  return Object.fromEntries(entries.map(([name, one]) => [name, functionOf(one)]));
}

function isResolver<TResult>(given: SignInResolvers<TResult>): given is AnySignInResolver<TResult> {
  return typeof given === 'function' || ('resolve' in given && typeof given.resolve === 'function');
}

function functionOf<TResult>(resolver: AnySignInResolver<TResult>): SignInResolver<TResult> {
  if (isSignInResolverFactory(resolver)) return resolver();
  if (typeof resolver === 'function') return resolver as SignInResolver<TResult>;
  return async (info, context) => resolver.resolve(info, context);
}
