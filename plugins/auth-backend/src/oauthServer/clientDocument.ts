/** What a client's metadata document must say (draft-ietf-oauth-client-id-metadata-document section 4.1). */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { isClientName } from './clientName.ts';
import { OAuthError } from './oauthError.ts';

const maximumRedirectUris = 50;

const documentSchema = z.object({
  client_id: z.string(),
  client_name: z.string().refine(isClientName).optional(),
  redirect_uris: z
    .array(z.string().refine((uri) => parseUrl(uri) !== undefined))
    .min(1)
    .max(maximumRedirectUris),
  // Everybody can read the document, so there is no secret; and keys are not asked for here, so whoever relies on them
  // is told, instead of being let in without.
  token_endpoint_auth_method: z.literal('none').optional(),
  client_secret: z.undefined().optional(),
  client_secret_expires_at: z.undefined().optional(),
});

/** What is used of a document. */
export interface ClientDocument {
  readonly name: string;
  readonly redirectUris: readonly string[];
}

/**
 * Checks the JSON of a document.
 *
 * @throws OAuthError `invalid_client` that names the member at fault.
 */
export function parseClientDocument(document: unknown, clientId: string): ClientDocument {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) {
    const member = parsed.error.issues[0]?.path[0];
    throw new OAuthError(
      'invalid_client',
      member === undefined
        ? 'The metadata document of this client is no JSON object'
        : `The metadata document of this client has a fault in ${String(member)}`,
    );
  }
  const { client_id: ownId, client_name: name = clientId, redirect_uris: redirectUris } = parsed.data;
  if (ownId !== clientId) {
    throw new OAuthError('invalid_client', 'The metadata document of this client names another client_id');
  }
  return { name, redirectUris };
}
