/** The schemas of what the OAuth server takes and answers with. */
import { apiSchema } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import type { CliClientDocument } from '../clients/cliClientDocument.ts';
import { clientRegistrationSchema } from '../clients/clientRegistration.ts';
import type { RegisteredClient } from '../clients/registeredClients.ts';
import type { TokenAnswer } from '../grants/tokenEndpoint.ts';

const { list, number, object, oneOf, text, url } = apiSchema;

/** As the schema says that checks it. */
function registrationSchema(): object {
  const { $schema: _, ...schema } = z.toJSONSchema(clientRegistrationSchema, { io: 'input' });
  return { description: 'RFC 7591 section 2. Members that are not known are ignored.', ...schema };
}

const clientFields = {
  client_id: text('Who the client is. With `client_secret`, or in place of the header.'),
  client_secret: text('Of a client that has one and sends no header.'),
};

/** By the name of their component. */
export const oauthSchemas = {
  ConsentRequest: {
    description: 'What the consent page shows.',
    ...object<Record<'id' | 'clientId' | 'clientName' | 'scope' | 'redirectUri', string>>(
      {
        id: text('The handle of the request.'),
        clientId: text('Who asks.'),
        clientName: text('As the client calls itself; nobody vouches for it.'),
        scope: text('What would be granted, between spaces.'),
        redirectUri: url('Where the answer goes.'),
      },
      {},
    ),
  },
  ConsentAnswer: object<{ redirectUrl: string }>(
    { redirectUrl: url('Where the browser goes now: to the client, with a code or a refusal.') },
    {},
  ),
  TokenRequest: {
    oneOf: [
      object<
        Record<'grant_type' | 'code' | 'redirect_uri', string> &
          Partial<Record<'code_verifier' | keyof typeof clientFields, string>>
      >(
        {
          grant_type: { const: 'authorization_code' },
          code: text('As the client got it.'),
          redirect_uri: url('As in the request for the code.'),
        },
        { code_verifier: text('RFC 7636 section 4.1. A code is worth nothing without it.'), ...clientFields },
      ),
      object<
        Record<'grant_type' | 'refresh_token', string> &
          Partial<Record<'scope' | keyof typeof clientFields, string>>
      >(
        { grant_type: { const: 'refresh_token' }, refresh_token: text('The newest one.') },
        { scope: text('Of what was granted. Default: all of it.'), ...clientFields },
      ),
    ],
  },
  TokenAnswer: {
    description: 'RFC 6749 section 5.1.',
    ...object<TokenAnswer>(
      {
        access_token: text('A user token.'),
        token_type: { const: 'Bearer' },
        expires_in: number('What is left of the life of the token, in seconds.'),
        scope: text('What was granted, between spaces.'),
      },
      {
        id_token: text('The same token, where `openid` was granted.'),
        refresh_token: text('In place of the one before, where `offline_access` was granted.'),
      },
    ),
  },
  RevocationRequest: object<
    { token: string } & Partial<Record<keyof typeof clientFields | 'token_type_hint', string>>
  >(
    { token: text('A refresh token. One that is not known needs no revoking.') },
    { token_type_hint: text('Not looked at.'), ...clientFields },
  ),
  ClientRegistration: registrationSchema(),
  RegisteredClient: {
    description: 'RFC 7591 section 3.2.1.',
    ...object<RegisteredClient>(
      {
        client_id: text('What the client calls itself with.'),
        redirect_uris: list(text('Where it may be answered.')),
        client_id_issued_at: number('Seconds since the epoch.'),
        token_endpoint_auth_method: oneOf('none', 'client_secret_basic', 'client_secret_post'),
        grant_types: list(text('Those that are offered.')),
        response_types: list({ const: 'code' }),
        client_name: text('As the client calls itself.'),
      },
      {
        client_secret: text('Shown this once.'),
        client_secret_expires_at: { const: 0, description: 'Never.' },
        scope: text('As the client asked.'),
      },
    ),
  },
  CliClient: {
    description: "A client's own description (draft-ietf-oauth-client-id-metadata-document).",
    ...object<CliClientDocument>(
      {
        client_id: url('The address of this document.'),
        client_name: text('For people.'),
        redirect_uris: list(text('Where it may be answered.')),
        response_types: list(text('RFC 6749 section 3.1.1.')),
        grant_types: list(text('RFC 6749 section 1.3.')),
        token_endpoint_auth_method: { const: 'none' },
        scope: text('What it asks for, between spaces.'),
      },
      {},
    ),
  },
  UserToRevoke: object<{ userEntityRef: string }>(
    { userEntityRef: { ...text('The kind may be left out.'), examples: ['user:default/jane'] } },
    {},
  ),
  RevokedSessions: object<{ revokedCount: number }>({ revokedCount: number('How many there were.') }, {}),
};
