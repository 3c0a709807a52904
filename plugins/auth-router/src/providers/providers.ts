/** The providers that come with the router, under the names that `createRouter` of old gave them. */
import {
  githubProviderFactory,
  githubSignInResolvers,
  type GitHubResult,
} from '@vestibule/plugin-auth-backend-module-github-provider';
import {
  googleProviderFactory,
  googleSignInResolvers,
} from '@vestibule/plugin-auth-backend-module-google-provider';
import { guestProviderFactory, type GuestResult } from '@vestibule/plugin-auth-backend-module-guest-provider';
import { oidcProviderFactory, type OidcResult } from '@vestibule/plugin-auth-backend-module-oidc-provider';
import {
  commonSignInResolvers,
  type AuthProviderFactory,
  type OAuthResult,
} from '@vestibule/plugin-auth-node';
import { withAbsent } from './absentProviders.ts';
import { callable, customized, type ProviderOptions } from './createProvider.ts';

/**
 * The types of providers that there are where `providerFactories` is not given.
 *
 * @public
 */
export const defaultAuthProviderFactories = {
  google: googleProviderFactory,
  github: githubProviderFactory,
  oidc: oidcProviderFactory,
  guest: guestProviderFactory,
} as const satisfies Record<string, AuthProviderFactory>;

/**
 * Makes providers with a resolver or an auth handler of your own, and the built-in resolvers by name. A name of the old
 * system whose vendor has no module of ours, such as `microsoft`, throws `ERR_AUTH_ROUTER_PROVIDER_ABSENT`, which says what
 * to use.
 *
 * @example
 * ```ts
 * providers.google.create({
 *   signIn: { resolver: providers.google.resolvers.emailMatchingUserEntityAnnotation() },
 * });
 * ```
 * @public
 */
export const providers = withAbsent({
  google: {
    create: (options: ProviderOptions<OAuthResult> = {}) =>
      customized('providers.google', googleProviderFactory, options),
    resolvers: callable({ ...commonSignInResolvers, ...googleSignInResolvers }),
  },
  github: {
    create: (options: ProviderOptions<GitHubResult> = {}) =>
      customized('providers.github', githubProviderFactory, options),
    resolvers: callable({ ...commonSignInResolvers, ...githubSignInResolvers }),
  },
  oidc: {
    create: (options: ProviderOptions<OidcResult> = {}) =>
      customized('providers.oidc', oidcProviderFactory, options),
    resolvers: callable(commonSignInResolvers),
  },
  guest: {
    /** Without `signIn` a guest is who `auth.providers.guest` in config says. */
    create: (options: ProviderOptions<GuestResult> = {}) =>
      customized('providers.guest', guestProviderFactory, options),
  },
} as const);
