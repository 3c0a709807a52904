/**
 * What asks a running backend how it is, and needs none itself.
 *
 * @packageDocumentation
 */
export { askReadiness } from './health/askReadiness.ts';
export { readOwnUrl } from './health/readOwnUrl.ts';
