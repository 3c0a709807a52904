/**
 * Example: the sign-in resolvers of the document on identities and resolvers. Each folder is one of its code samples, as a
 * router (`auth.ts`) and as a module of the auth plugin (`module.ts`).
 *
 * @packageDocumentation
 */
export { default as createAuthHandler } from './auth-handler/auth.ts';
export { authModuleAuthHandler } from './auth-handler/module.ts';
export { default as createAnnotationResolver } from './built-in-resolvers/annotation.ts';
export { default as createLocalPartResolver } from './built-in-resolvers/localPart.ts';
export { default as createCustomGoogleResolver } from './custom-google-resolver/auth.ts';
export { authModuleCustomGoogleResolver } from './custom-google-resolver/module.ts';
export { default as createCustomOwnership } from './custom-ownership/auth.ts';
export { authModuleCustomOwnership } from './custom-ownership/module.ts';
export { default as createGuestResolver } from './guest-resolver/auth.ts';
export { authModuleGuestResolver } from './guest-resolver/module.ts';
export { authModuleResolverForms } from './resolver-forms/module.ts';
export { default as createWithoutCatalogUsers } from './without-catalog-users/auth.ts';
export { authModuleWithoutCatalogUsers } from './without-catalog-users/module.ts';
