/** The extension point `auth.signInResolver`. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';
import type { SignInResolver, SignInResolverObject } from '../resolver/signInResolver.ts';
import type { SignInResolverFactory } from '../resolver/signInResolverFactory.ts';

/** Adds sign-in resolvers without replacing a provider. Use it in the init of a module. @public */
export interface SignInResolverExtensionPoint {
  /**
   * Adds a resolver for one provider, or with `'*'` for any.
   *
   * Where `signIn.resolvers` is in config, exactly those named there run, and this one only if it is among them.
   * Otherwise it runs for its provider, after those added before it; one added for `'*'` runs only where
   * `auth.signIn.allowAnyProviderResolvers` allows it.
   *
   * @example
   * ```ts
   * registerInit({
   *   deps: { resolvers: signInResolverExtensionPoint },
   *   async init({ resolvers }) {
   *     resolvers.add({ provider: 'google', name: 'acme', resolver: async (info, ctx) => ctx.pass() });
   *   },
   * });
   * ```
   * @throws ConflictError `ERR_RESOLVER_NAME_TAKEN` where the provider has a resolver of that name.
   */
  add(options: {
    provider: string;
    name: string;
    // The provider's result type is known to whoever writes the resolver, not here.
    resolver: SignInResolver<never> | SignInResolverObject<never> | SignInResolverFactory<never>;
  }): void;
}

/** Depend on it in a module of the auth plugin: `deps: { resolvers: signInResolverExtensionPoint }`. @public */
export const signInResolverExtensionPoint = createExtensionPoint<SignInResolverExtensionPoint>({
  id: 'auth.signInResolver',
});
