/**
 * The sign-in contract: extension points, provider and resolver types, and what provider modules share.
 *
 * @packageDocumentation
 */
export * from './signInCodes.ts';
export * from './errors.ts';
export * from './refusalError.ts';
export * from './api/apiSchema.ts';
export * from './extensionPoints/authApi.ts';
export * from './extensionPoints/authOwnershipResolution.ts';
export * from './extensionPoints/authProfileTransform.ts';
export * from './extensionPoints/authProviders.ts';
export * from './extensionPoints/authServerMetadata.ts';
export * from './extensionPoints/authSessions.ts';
export * from './extensionPoints/authSignInPage.ts';
export * from './extensionPoints/signInResolver.ts';
export * from './http/frontEndUrl.ts';
export * from './http/requestBudget.ts';
export * from './identity/identityRef.ts';
export * from './identity/opaqueValues.ts';
export type { OpenIdClientAuthentication } from './openId/openIdClient.ts';
export {
  discoveredOpenIdMetadata,
  fixedOpenIdMetadata,
  type OpenIdMetadata,
  type OpenIdMetadataSource,
} from './openId/openIdMetadata.ts';
export { type ClaimSource, type ClaimSources } from './openId/openIdClaims.ts';
export * from './openId/openIdProvider.ts';
export * from './provider/absentMembers.ts';
export * from './provider/authorizationCode.ts';
export * from './provider/authProviderFeature.ts';
export * from './provider/authProviderService.ts';
export * from './provider/durationSchema.ts';
export * from './provider/email.ts';
export * from './provider/emailVerification.ts';
export * from './provider/gates.ts';
export * from './provider/lastGoodCopy.ts';
export { isHttpsOrLoopback } from '@vestibule/backend-plugin-api';
export * from './provider/oauthProvider.ts';
export * from './provider/openIdClientErrors.ts';
export * from './provider/openIdProfile.ts';
export * from './provider/passportProfile.ts';
export * from './provider/profile.ts';
export * from './provider/profileInfo.ts';
export * from './provider/profileForm.ts';
export {
  createProviderFetch,
  readProviderDocument,
  refusal,
  type ProviderCallOptions,
  type ProviderFetch,
  type ProviderFetchInit,
} from './provider/providerCalls.ts';
export * from './provider/providerExplanation.ts';
export * from './provider/providerFactory.ts';
export * from './provider/providerFacts.ts';
export * from './provider/providerKeySet.ts';
export * from './provider/providerModules.ts';
export * from './provider/proxyProvider.ts';
export * from './provider/scopes.ts';
export * from './provider/verifyIdToken.ts';
export { type LogoutToken } from './provider/verifyLogoutToken.ts';
export { type OpenIdConfigKeys } from './provider/verifySignedDocument.ts';
export * from './resolver/adoptedResolvers.ts';
export type { ClaimAnnotationOptions, ClaimNameOptions } from './resolver/claimResolvers.ts';
export * from './resolver/commonSignInResolvers.ts';
export { createEmailAnnotationResolver, type EmailResolverOptions } from './resolver/emailResolver.ts';
export {
  createExactAnnotationResolver,
  signInByExactAnnotation,
} from './resolver/exactAnnotationResolver.ts';
export * from './resolver/nameResolver.ts';
export * from './resolver/defaultOwnership.ts';
export * from './resolver/signInResolver.ts';
export * from './resolver/signInResolverFactory.ts';
export type { SubjectResolverOptions } from './resolver/subjectResolver.ts';
export * from './services/authConfigSchema.ts';
export * from './services/sealing.ts';
export * from './services/signingKeys.ts';
export * from './services/tokenIssuer.ts';
export * from './services/userInfo.ts';
export * from './signature/base64Url.ts';
export * from './signature/signatureAlgorithms.ts';
export * from './record/formatTable.ts';
export * from './record/plainText.ts';
export * from './record/printRecord.ts';
export * from './record/signInRecord.ts';
export * from './services/sessionSource.ts';
export * from './services/sessionStore.ts';
export * from './services/signInRecord.ts';
