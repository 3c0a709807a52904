/**
 * The one client for calls to providers and to the catalog.
 *
 * @packageDocumentation
 */
export * from './outboundHttp.ts';
