/** What a client's metadata document must say (draft-ietf-oauth-client-id-metadata-document section 4.1). */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { isClientName } from './clientName.ts';
import { OAuthError } from '../oauthError.ts';

const maximumRedirectUris = 50;
const secretMethods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];

const documentSchema = z.object({
  client_id: z.string(),
  client_name: z
    .string()
    .refine((name) => name === '' || isClientName(name))
    .nullish(),
  redirect_uris: z
    .array(z.string().refine((uri) => parseUrl(uri) !== undefined))
    .min(1)
    .max(maximumRedirectUris),
  // Everybody can read the document, so there is no secret (section 4.1). A client that can also sign, as ChatGPT does, finds
  // in our metadata that nobody is asked to, and comes with its id alone.
  token_endpoint_auth_method: z
    .string()
    .refine((method) => !secretMethods.includes(method))
    .nullish(),
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
  const { client_id: ownId, client_name: name, redirect_uris: redirectUris } = parsed.data;
  if (ownId !== clientId) {
    throw new OAuthError('invalid_client', 'The metadata document of this client names another client_id');
  }
  return { name: name || clientId, redirectUris };
}
