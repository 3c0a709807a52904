/**
 * The one client for calls to providers and to the catalog.
 *
 * @packageDocumentation
 */
export type { ResolveHost } from './inTurn.ts';
export * from './errors.ts';
export { isLoopback } from '@vestibule/backend-plugin-api';
export * from './outboundHttp.ts';
export * from './parseJson.ts';
