/**
 * The default factories of the services that sign-in offers: found by their references, and rarely imported by anybody. What
 * replaces one of them may wrap it.
 *
 * @packageDocumentation
 */
export { tokenIssuerServiceFactory } from './identity/tokenIssuer.ts';
export { userInfoServiceFactory } from './identity/userInfoStore.ts';
export { signingKeysServiceFactory } from './keys/openKeyStore.ts';
export { sealingServiceFactory } from './secrets/sealingService.ts';
export { sessionStoreServiceFactory } from './sessions/databaseSessionStore.ts';
export { signInRecordServiceFactory } from './record/signInRecords.ts';
