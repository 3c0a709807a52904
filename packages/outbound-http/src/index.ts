/**
 * The one client for calls to providers and to the catalog.
 *
 * @packageDocumentation
 */
export type { ResolveHost } from './addressGuard.ts';
export * from './errors.ts';
export * from './loopback.ts';
export * from './outboundHttp.ts';
export * from './parseJson.ts';
