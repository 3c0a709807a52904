/** How a client says who it is at the token and the revocation endpoint (RFC 6749 section 2.3). */
import type { Context } from 'koa';
import type { ClientCredentials } from '../clients/clients.ts';
import { OAuthError } from '../oauthError.ts';
import type { Fields } from './readBody.ts';

/**
 * By header or in the body, and never by both.
 *
 * @returns `undefined` where nothing was sent, as a public client may.
 * @throws OAuthError `invalid_client`, `invalid_request`.
 */
export function readClientCredentials(ctx: Context, fields: Fields): ClientCredentials | undefined {
  const clientId = fields.get('client_id') || undefined;
  const secret = fields.get('client_secret') || undefined;
  const header = ctx.get('authorization');
  // Beside a secret it is a second way. Alone it is a member that is not known here (section 3.2), and proves nothing: of
  // whoever sends it no more is believed than of a public client.
  if (fields.has('client_assertion') && (header !== '' || secret !== undefined)) {
    throw new OAuthError('invalid_client', 'Assertions are not supported');
  }
  if (header !== '') {
    const credentials = readBasic(header);
    if (secret !== undefined) {
      throw new OAuthError('invalid_request', 'The client authenticates in two ways at once');
    }
    if (clientId !== undefined && clientId !== credentials.clientId) {
      throw new OAuthError('invalid_request', "'client_id' is another than in the header");
    }
    return credentials;
  }
  if (clientId === undefined) {
    if (secret === undefined) return undefined;
    throw new OAuthError('invalid_client', 'The client does not say who it is');
  }
  if (secret === undefined) return { clientId, method: 'none' };
  return { clientId, secret, method: 'client_secret_post' };
}

/** Both parts are form-encoded before they are joined (section 2.3.1), so that an id may have a colon. */
function readBasic(header: string): ClientCredentials {
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  const [, id = '', secret = ''] =
    /^([^:]+):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  const [clientId, plainSecret] = [formDecode(id), formDecode(secret)];
  if (!clientId || plainSecret === undefined) {
    throw new OAuthError('invalid_client', 'The Authorization header holds no credentials of a client');
  }
  // So a public client names itself, where its library knows no other place.
  if (plainSecret === '') return { clientId, method: 'none' };
  return { clientId, secret: plainSecret, method: 'client_secret_basic' };
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
