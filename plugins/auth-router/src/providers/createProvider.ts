/** `providers.<id>.create(…)`: a provider of ours with a resolver or an auth handler given in code. */
import {
  createOAuthProviderFactory,
  createProxyProviderFactory,
  isSignInResolverFactory,
  providerDefinitionOf,
  type AuthProviderFactory,
  type SignInResolver,
  type SignInResolverFactory,
} from '@vestibule/plugin-auth-node';
import { AuthRouterError } from '../errors.ts';
import { transformOf, type AuthHandler } from './authHandler.ts';

/** Options of `create`. @public */
export interface ProviderOptions<TResult> {
  /**
   * Who somebody is in the portal. Absent, a login gives access to the vendor only, unless the config names resolvers
   * under `signIn.resolvers`, which win over this one in any case.
   */
  signIn?: { resolver: SignInResolver<TResult> };
  /** Makes the profile. Default: the provider's own. */
  authHandler?: AuthHandler<TResult>;
}

const warningKey = Symbol('start warning of a resolver');
const resolverKey = Symbol('resolver given in code');

/** A provider like the given one, with what the options say. */
export function customized<TResult>(
  title: string,
  factory: AuthProviderFactory,
  { signIn, authHandler }: ProviderOptions<TResult>,
): AuthProviderFactory {
  if (signIn) checkResolver(`signIn.resolver of ${title}`, signIn.resolver);
  if (authHandler !== undefined && typeof authHandler !== 'function') {
    throw invalid(`authHandler of ${title} is not a function`);
  }
  const definition = providerDefinitionOf(factory);
  if (!definition) throw invalid(`${title} is no provider of ours`);
  const changes = {
    ...(signIn && { defaultResolver: () => signIn.resolver as SignInResolver }),
    ...(authHandler && { profileTransform: transformOf(authHandler as AuthHandler) }),
  };
  const made =
    definition.kind === 'oauth'
      ? createOAuthProviderFactory({ ...definition, ...changes })
      : createProxyProviderFactory({ ...definition, ...changes });
  return signIn ? Object.defineProperty(made, resolverKey, { value: signIn.resolver }) : made;
}

/** The resolver that `create` was given, where it was. */
export function resolverInCode(factory: AuthProviderFactory): SignInResolver | undefined {
  return Object.getOwnPropertyDescriptor(factory, resolverKey)?.value as SignInResolver | undefined;
}

/** Built-in resolvers, to be called with their options; what is unsafe about these is remembered with the resolver. */
export function callable<T extends Record<string, SignInResolverFactory<never>>>(
  factories: T,
): { readonly [Name in keyof T]: (options?: object) => ReturnType<T[Name]> } {
  const entries = Object.entries(factories).map(([name, factory]) => {
    const make = (options?: object) => {
      const warning = factory.startWarning?.(options);
      return Object.defineProperty(factory(options), warningKey, { value: warning && `${name} ${warning}` });
    };
    // A factory still: where a resolver is expected, it is told that it has to be called.
    return [name, Object.assign(make, { $$type: factory.$$type })];
  });
  return Object.fromEntries(entries) as ReturnType<typeof callable<T>>;
}

/** What is unsafe about a resolver that was made by {@link callable}. */
export function warningOf(resolver: SignInResolver): string | undefined {
  return Object.getOwnPropertyDescriptor(resolver, warningKey)?.value as string | undefined;
}

/** @throws `ERR_AUTH_ROUTER_PROVIDER_INVALID`. */
export function checkResolver(what: string, resolver: unknown): void {
  if (typeof resolver !== 'function') throw invalid(`${what} is not a function`);
  if (isSignInResolverFactory(resolver)) {
    throw invalid(
      `${what} makes resolvers, and is none`,
      'Call it, with its options where it has any: emailMatchingUserEntityProfileEmail().',
    );
  }
}

function invalid(message: string, hint?: string): AuthRouterError {
  return new AuthRouterError('ERR_AUTH_ROUTER_PROVIDER_INVALID', message, { ...(hint && { hint }) });
}
