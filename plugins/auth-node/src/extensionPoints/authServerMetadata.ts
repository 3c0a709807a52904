/** The extension point `auth.serverMetadata`: what the discovery document says of a server that lets programs act for users. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';

/** Members of the document that are the authorization server's to say (RFC 8414 section 2). @public */
export interface AuthServerMetadata {
  readonly response_types_supported: readonly string[];
  readonly response_modes_supported?: readonly string[];
  readonly grant_types_supported: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly registration_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly revocation_endpoint_auth_methods_supported?: readonly string[];
  /** RFC 9207 section 3. */
  readonly authorization_response_iss_parameter_supported?: boolean;
  /** draft-ietf-oauth-client-id-metadata-document section 6. */
  readonly client_id_metadata_document_supported?: boolean;
}

/** Says what an authorization server does. Use it in the init of a module. @public */
export interface AuthServerMetadataExtensionPoint {
  /**
   * Sets members of `/.well-known/openid-configuration`, over those that stand there while nothing is set: they are
   * Backstage's, and the endpoints among them are not there. The document is then served at
   * `/.well-known/oauth-authorization-server`, too.
   *
   * @example
   * ```ts
   * metadata.setMetadata({
   *   response_types_supported: ['code'],
   *   grant_types_supported: ['authorization_code'],
   *   scopes_supported: ['openid'],
   *   token_endpoint_auth_methods_supported: ['none'],
   * });
   * ```
   * @throws ConflictError `ERR_AUTH_SERVER_METADATA_SET_TWICE`.
   */
  setMetadata(metadata: AuthServerMetadata): void;
}

/** Depend on it in a module of the auth plugin: `deps: { metadata: authServerMetadataExtensionPoint }`. @public */
export const authServerMetadataExtensionPoint = createExtensionPoint<AuthServerMetadataExtensionPoint>({
  id: 'auth.serverMetadata',
});
