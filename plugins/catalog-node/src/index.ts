/**
 * The catalog contract: the service that resolvers inject, its reference and its errors. Holds no implementation.
 *
 * @packageDocumentation
 */
export * from './catalogService.ts';
export * from './errors.ts';
