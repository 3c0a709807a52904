/**
 * Reads `providerFactories`. The values are functions all. A provider of ours carries our mark. The others are told apart by
 * their parameters: the factory of a Backstage module takes one, which holds everything, and a sign-in resolver takes two,
 * or it could issue nothing. What names none, as `(...given) => …` does, is a resolver under the id of a default provider,
 * and a factory under any other.
 */
import type { GitHubResult } from '@vestibule/plugin-auth-backend-module-github-provider';
import type { GuestResult } from '@vestibule/plugin-auth-backend-module-guest-provider';
import type { OidcResult } from '@vestibule/plugin-auth-backend-module-oidc-provider';
import {
  providerDefinitionOf,
  type AuthProviderFactory,
  type OAuthResult,
  type SignInResolver,
} from '@vestibule/plugin-auth-node';
import { AuthRouterError } from '../errors.ts';
import { insteadOf } from './absentProviders.ts';
import { checkResolver, customized } from './createProvider.ts';
import { defaultAuthProviderFactories } from './providers.ts';

/**
 * By id of the type: a provider made by `providers.<id>.create(…)`, any other factory for `registerProvider`, or under a
 * default's id a plain resolver `(info, ctx) => …`, with which the default provider then signs in. A function of one
 * parameter under such an id is the factory of a Backstage module, which then runs in place of ours; the start says so.
 *
 * @public
 */
export interface AuthRouterProviderFactories {
  google?: AuthProviderFactory | SignInResolver<OAuthResult>;
  github?: AuthProviderFactory | SignInResolver<GitHubResult>;
  oidc?: AuthProviderFactory | SignInResolver<OidcResult>;
  guest?: AuthProviderFactory | SignInResolver<GuestResult>;
  [providerId: string]: AuthProviderFactory | SignInResolver<never> | undefined;
}

/** @throws `ERR_AUTH_ROUTER_PROVIDER_INVALID` naming the member. */
export function readProviderFactories(
  given: AuthRouterProviderFactories = defaultAuthProviderFactories,
): Map<string, AuthProviderFactory> {
  const factories = new Map<string, AuthProviderFactory>();
  for (const [providerId, value] of Object.entries(given)) {
    // As by `google: isEnabled ? providers.google.create() : undefined`.
    if (value !== undefined) factories.set(providerId, factoryOf(providerId, value));
  }
  return factories;
}

function factoryOf(
  providerId: string,
  value: AuthProviderFactory | SignInResolver<never>,
): AuthProviderFactory {
  const what = `providerFactories.${providerId}`;
  if (typeof value !== 'function') {
    throw new AuthRouterError(
      'ERR_AUTH_ROUTER_PROVIDER_INVALID',
      `${what} is neither a provider nor a sign-in resolver`,
      { hint: `Give it providers.${providerId}.create({ … }), or a function (info, ctx) => ….` },
    );
  }
  if (providerDefinitionOf(value as AuthProviderFactory)) return value as AuthProviderFactory;
  checkResolver(what, value);
  const isResolver = value.length === 2;
  if (!isDefault(providerId)) {
    if (!isResolver) return value as AuthProviderFactory;
    const way = insteadOf(providerId);
    throw new AuthRouterError(
      'ERR_AUTH_ROUTER_PROVIDER_INVALID',
      `${what} is a sign-in resolver, and there is no provider of ours under that id`,
      {
        hint: way === undefined ? 'Give it a factory of a provider.' : `${way}, and add the resolver for it.`,
      },
    );
  }
  if (value.length === 1) return value as AuthProviderFactory;
  return customized<never>(what, defaultAuthProviderFactories[providerId], {
    signIn: { resolver: value as SignInResolver<never> },
  });
}

function isDefault(providerId: string): providerId is keyof typeof defaultAuthProviderFactories {
  return Object.hasOwn(defaultAuthProviderFactories, providerId);
}
