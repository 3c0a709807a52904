/**
 * Mock services, stand-ins and contract suites for tests of backends, plugins, providers and resolvers. Tied to no test
 * runner.
 *
 * @packageDocumentation
 */
export * from './authProvider/describeAuthProvider.ts';
export type { AuthProviderUnderTest } from './authProvider/providerUnderTest.ts';
export * from './describeCatalogService.ts';
export * from './httpBrowser.ts';
export type { MockCatalog } from './mockServices/mockCatalog.ts';
export type { MockClock } from './mockServices/mockClock.ts';
export { mockCredentials } from './mockServices/mockCredentials.ts';
export type { MockLogger, MockLogLine } from './mockServices/mockLogger.ts';
export { mockServices, type MockService } from './mockServices/mockServices.ts';
export * from './scriptedOpenIdProvider.ts';
export * from './services/describeSessionStore.ts';
export * from './services/describeSignInRecord.ts';
export * from './services/describeSigningKeys.ts';
export * from './services/describeTokenIssuer.ts';
export * from './signIn/catalogEntities.ts';
export * from './signIn/expectSignIn.ts';
export * from './signIn/frontEnd.ts';
export * from './signIn/logins.ts';
export * from './signIn/signInWith.ts';
export * from './startDatabaseRelay.ts';
export * from './startTestBackend.ts';
export * from './testDatabases.ts';
