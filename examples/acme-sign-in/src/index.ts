/**
 * Example: a sign-in resolver of your own, which injects the catalog.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/example-acme-sign-in'));
 * ```
 * @packageDocumentation
 */
export { AcmeEmployeeResolver, type AcmeLogin } from './acmeEmployeeResolver.ts';
export { authModuleAcmeSignIn, authModuleAcmeSignIn as default } from './module.ts';
