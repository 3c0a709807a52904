/**
 * The sign-in page, as a module of the auth plugin.
 *
 * @packageDocumentation
 */
export { authModuleWeb, authModuleWeb as default } from './module.ts';
