/**
 * The sign-in page and the consent page, as a module of the auth plugin.
 *
 * @packageDocumentation
 */
export { authModuleWeb, authModuleWeb as default } from './module.ts';
