/**
 * The runnable backend: a list of features. Start reading here.
 *
 * @packageDocumentation
 */
export { createDefaultBackend, type DefaultBackendOptions } from './createDefaultBackend.ts';
export { DefaultBackendError, type DefaultBackendErrorCode } from './errors.ts';
export { loadDefaultProviders } from './defaultProviders.ts';
