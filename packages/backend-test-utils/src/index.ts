/**
 * Starts backends for tests.
 *
 * @packageDocumentation
 */
export * from './scriptedOpenIdProvider.ts';
export * from './testDatabases.ts';
