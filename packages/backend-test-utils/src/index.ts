/**
 * Starts backends for tests.
 *
 * @packageDocumentation
 */
export * from './describeCatalogService.ts';
export * from './httpBrowser.ts';
export * from './scriptedOpenIdProvider.ts';
export * from './startTestBackend.ts';
export * from './testDatabases.ts';
