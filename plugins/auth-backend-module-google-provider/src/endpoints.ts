/**
 * Where Google is (https://accounts.google.com/.well-known/openid-configuration).
 *
 * They stand here instead of being discovered: Google documents them and has kept them for years, the document would come
 * over the same TLS as they do and so prove nothing more, and a sign-in after a restart needs one call less that can fail.
 * The keys are still read from Google, since they rotate. Should an endpoint move before a release does, the oidc provider
 * with `metadataUrl: https://accounts.google.com` finds it.
 */
import type { OpenIdMetadata } from '@vestibule/plugin-auth-node';

/** Google's issuer and endpoints. @public */
export const googleEndpoints: Readonly<OpenIdMetadata> = {
  issuer: 'https://accounts.google.com',
  authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  token_endpoint: 'https://oauth2.googleapis.com/token',
  userinfo_endpoint: 'https://openidconnect.googleapis.com/v1/userinfo',
  jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs',
  revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
};
