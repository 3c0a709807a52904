/**
 * What `registerProvider` takes: a provider of ours, or a factory made for Backstage's auth backend.
 *
 * Ours are functions as well, so that Backstage's auth backend, which calls whatever it is given, says what is wrong.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NotImplementedError } from '@vestibule/backend-plugin-api';
import type { OAuthProviderDefinition } from './oauthProvider.ts';
import type { ProxyProviderDefinition } from './proxyProvider.ts';

const definitionKey = Symbol.for('vestibule.providerDefinition');

/** A provider of ours. @public */
export type ProviderDefinition = OAuthProviderDefinition | ProxyProviderDefinition;

/** The handlers that a Backstage provider module makes. @public */
export interface BackstageRouteHandlers {
  start(request: IncomingMessage, response: ServerResponse): Promise<void>;
  frameHandler(request: IncomingMessage, response: ServerResponse): Promise<void>;
  refresh?(request: IncomingMessage, response: ServerResponse): Promise<void>;
  logout?(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** A factory as Backstage's auth backend calls it. @public */
export type HostedProviderFactory = (options: never) => BackstageRouteHandlers;

/** What `registerProvider` takes: a provider of ours, wrapped, or a factory made for Backstage's auth backend. @public */
export type AuthProviderFactory = HostedProviderFactory;

/**
 * Wraps an OAuth-type provider for `registerProvider`.
 *
 * @example
 * ```ts
 * providers.registerProvider({
 *   providerId: 'acme',
 *   factory: createOAuthProviderFactory({
 *     title: 'Acme ID',
 *     configSchema: acmeConfigSchema,
 *     requiredScopes: ['openid'],
 *     create: (options) => new AcmeProvider(options),
 *   }),
 * });
 * ```
 * @returns A factory that only this auth plugin can use; Backstage's gets `ERR_PROVIDER_NEEDS_VESTIBULE`.
 * @public
 */
export function createOAuthProviderFactory<TSettings, TResult>(
  definition: Omit<OAuthProviderDefinition<TSettings, TResult>, 'kind'>,
): AuthProviderFactory {
  return wrap({ kind: 'oauth', ...definition } as OAuthProviderDefinition);
}

/** Wraps a proxy-type provider for `registerProvider`, as {@link createOAuthProviderFactory} does. @public */
export function createProxyProviderFactory<TSettings, TResult>(
  definition: Omit<ProxyProviderDefinition<TSettings, TResult>, 'kind'>,
): AuthProviderFactory {
  return wrap({ kind: 'proxy', ...definition } as ProxyProviderDefinition);
}

/** The definition behind a factory of ours; `undefined` for one made for Backstage's auth backend. @public */
export function providerDefinitionOf(factory: AuthProviderFactory): ProviderDefinition | undefined {
  return Object.getOwnPropertyDescriptor(factory, definitionKey)?.value as ProviderDefinition | undefined;
}

function wrap(definition: ProviderDefinition): AuthProviderFactory {
  const factory = (): BackstageRouteHandlers => {
    throw new NotImplementedError(
      'ERR_PROVIDER_NEEDS_VESTIBULE',
      `The ${definition.title} provider runs in Vestibule's auth plugin only`,
      {
        hint: "Replace import('@backstage/plugin-auth-backend') by import('@vestibule/plugin-auth-backend').",
      },
    );
  };
  return Object.defineProperty(factory, definitionKey, { value: definition });
}
