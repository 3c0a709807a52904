/**
 * Sign-in as a plain Koa router.
 *
 * @example
 * ```ts
 * const auth = await createAuthRouter({ config, catalog });
 * new Koa().use(auth.routes()).listen(7007);
 * ```
 * @packageDocumentation
 */
export { createAuthRouter, type AuthRouter } from './createAuthRouter.ts';
export type { AuthRouterEnvironment, AuthRouterOptions } from './environment.ts';
export { AuthRouterError, routerErrorCodes } from './errors.ts';
export type { AuthHandler, AuthHandlerTokens } from './providers/authHandler.ts';
export type { ProviderOptions } from './providers/createProvider.ts';
export type { AuthRouterProviderFactories } from './providers/providerFactories.ts';
export { defaultAuthProviderFactories, providers } from './providers/providers.ts';
// What resolvers written for `createRouter` of old import from one place or another.
export { DEFAULT_NAMESPACE, parseEntityRef, stringifyEntityRef } from '@vestibule/catalog-model';
export { getDefaultOwnershipEntityRefs } from '@vestibule/plugin-auth-backend';
