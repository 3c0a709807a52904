/** What there is to say of the routes of the OAuth server, for the OpenAPI document. Loaded with the first request for it. */
import { apiSchema, type ApiDescription } from '@vestibule/plugin-auth-node';
import { oauthStatuses, type OAuthErrorCode } from '../oauthError.ts';
import { oauthSchemas } from './schemas.ts';

const { number, object, ref } = apiSchema;

const json = (schema: object) => ({ 'application/json': { schema } });
const header = (value: string) => ({ required: true, schema: { const: value } });
const uncached = { 'Cache-Control': header('no-store'), Pragma: header('no-cache') };
const location = { Location: { required: true, schema: { type: 'string', format: 'uri' } } };
const tags = ['programs that act for a user'];
const userWhoDecides = [{ userToken: [] }];
/** By header, in the body, or not at all. */
const anyClient = [{ clientSecret: [] }, {}];

const parameter = (name: string, description: string, more: object = {}) => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string' },
  ...more,
});
const handle = {
  name: 'handle',
  in: 'path',
  required: true,
  description: 'Of the request: the last part of the address of the consent page.',
  schema: { type: 'string' },
};
const body = (schema: object) => ({
  required: true,
  content: { 'application/x-www-form-urlencoded': { schema }, 'application/json': { schema } },
});

/** Refusals of OAuth, by status. */
function oauthRefusals(codes: readonly OAuthErrorCode[], { isPage = false } = {}): Record<string, object> {
  const all: readonly OAuthErrorCode[] = [...codes, 'server_error', 'temporarily_unavailable'];
  const byStatus = new Map<number, OAuthErrorCode[]>();
  for (const code of all) {
    // Nobody authenticates at the page of a refusal, and so nobody fails to.
    const status = isPage && oauthStatuses[code] < 500 ? 400 : oauthStatuses[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, found]) => [
      String(status),
      {
        description: found.map((code) => `\`${code}\``).join(', '),
        headers: {
          ...uncached,
          ...(status === 503 && { 'Retry-After': { required: true, schema: number('Seconds.') } }),
          ...(status === 401 && { 'WWW-Authenticate': { required: true, schema: { type: 'string' } } }),
        },
        content: {
          ...json({ allOf: [ref('OAuthError'), object<{ error: string }>({ error: { enum: found } }, {})] }),
          ...(isPage && {
            'text/html': { schema: { type: 'string', description: 'The same for a person.' } },
          }),
        },
      },
    ]),
  );
}

export const oauthApi = {
  tags: {
    'programs that act for a user':
      'The OAuth server, where the config has it on: requests for codes, the decision of the user, tokens, clients.',
  },
  operations: {
    authorize: {
      tags,
      summary: 'Ask for access',
      description:
        'RFC 6749 section 4.1.1 with PKCE. Sends the browser on to the consent page. Once it is proven that the client may be answered at its `redirect_uri`, refusals go there, as `error` and `error_description`.',
      parameters: [
        parameter('client_id', 'Who asks.', { required: true }),
        parameter('redirect_uri', 'Where the answer goes: one that the client registered.', {
          required: true,
        }),
        parameter('response_type', '`code`.', { required: true, schema: { const: 'code' } }),
        parameter('code_challenge', 'RFC 7636 section 4.2.', { required: true }),
        parameter('code_challenge_method', '`S256`.', { required: true, schema: { const: 'S256' } }),
        parameter('scope', '`openid` and `offline_access`; others are ignored.'),
        parameter('state', 'Comes back with the answer.'),
        parameter('nonce', 'Comes back in the token.'),
        parameter('response_mode', '`query`.', { schema: { const: 'query' } }),
        parameter('prompt', 'Without `none`: somebody has to decide each time.'),
        parameter('resource', 'RFC 8707; not looked at.', {
          schema: { type: 'array', items: { type: 'string' } },
        }),
      ],
      security: [],
      responses: {
        302: { description: 'To the consent page, or to the client.', headers: { ...uncached, ...location } },
        ...oauthRefusals(['invalid_request', 'invalid_client'], { isPage: true }),
      },
    },
    readConsent: {
      tags,
      summary: 'Read who asks for what',
      description: 'For the consent page.',
      parameters: [handle],
      security: [],
      responses: {
        200: { description: 'The request.', headers: uncached, content: json(ref('ConsentRequest')) },
        ...oauthRefusals(['invalid_request', 'invalid_client']),
      },
    },
    approveConsent: {
      tags,
      summary: 'Allow it',
      description: 'By the user, with the token of a sign-in; not with one that a client holds.',
      parameters: [handle],
      security: userWhoDecides,
      responses: {
        200: { description: 'Decided.', headers: uncached, content: json(ref('ConsentAnswer')) },
        ...oauthRefusals(['invalid_request', 'invalid_client', 'invalid_token', 'access_denied']),
      },
    },
    rejectConsent: {
      tags,
      summary: 'Refuse it',
      description: 'By the user, with the token of a sign-in; not with one that a client holds.',
      parameters: [handle],
      security: userWhoDecides,
      responses: {
        200: { description: 'Decided.', headers: uncached, content: json(ref('ConsentAnswer')) },
        ...oauthRefusals(['invalid_request', 'invalid_client', 'invalid_token', 'access_denied']),
      },
    },
    issueToken: {
      tags,
      summary: 'Exchange a code or a refresh token for tokens',
      description: 'RFC 6749 sections 4.1.3 and 6. Each parameter once, as a form or as JSON.',
      security: anyClient,
      requestBody: body(ref('TokenRequest')),
      responses: {
        200: { description: 'The tokens.', headers: uncached, content: json(ref('TokenAnswer')) },
        ...oauthRefusals([
          'invalid_request',
          'invalid_client',
          'invalid_grant',
          'invalid_scope',
          'unsupported_grant_type',
        ]),
      },
    },
    revokeToken: {
      tags,
      summary: 'Give a refresh token back',
      description: 'RFC 7009. What is not known needs no revoking: that is 200, too.',
      security: anyClient,
      requestBody: body(ref('RevocationRequest')),
      responses: {
        200: { description: 'It is worth nothing any more.', headers: uncached },
        ...oauthRefusals(['invalid_request', 'invalid_client', 'invalid_grant']),
      },
    },
    registerClient: {
      tags,
      summary: 'Register a client',
      description: 'RFC 7591 section 3. Anybody may; what for, users decide.',
      security: [],
      requestBody: { required: true, content: json(ref('ClientRegistration')) },
      responses: {
        201: { description: 'The client.', headers: uncached, content: json(ref('RegisteredClient')) },
        ...oauthRefusals(['invalid_request', 'invalid_client_metadata', 'invalid_redirect_uri']),
      },
    },
    readCliClient: {
      tags,
      summary: "Read the metadata of the client of Backstage's command",
      security: [],
      responses: { 200: { description: 'The document.', content: json(ref('CliClient')) } },
    },
    revokeOfflineSessions: {
      tags,
      summary: 'End all refresh tokens of a user',
      description: 'For other plugins, and for programs that `backend.auth.externalAccess` lets in.',
      security: [{ serviceToken: [] }],
      requestBody: body(ref('UserToRevoke')),
      responses: {
        200: {
          description: 'Ended.',
          headers: { 'Cache-Control': header('no-store') },
          content: json(ref('RevokedSessions')),
        },
      },
      refusals: [
        'ERR_AUTH_USER_REF_INVALID',
        'ERR_CREDENTIALS_MISSING',
        'ERR_TOKEN_INVALID',
        'ERR_PRINCIPAL_NOT_ALLOWED',
        'ERR_AUTH_UNAVAILABLE',
        'ERR_TOKEN_KEYS_UNAVAILABLE',
      ],
    },
  },
  codes: {
    ERR_AUTH_USER_REF_INVALID: {
      name: 'InputError',
      status: 400,
      meaning: 'The body names no user whose refresh tokens could be ended.',
    },
  },
  schemas: oauthSchemas,
  securitySchemes: {
    clientSecret: {
      type: 'http',
      scheme: 'basic',
      description: 'RFC 6749 section 2.3.1. Public clients send their `client_id` in the body, or nothing.',
    },
    serviceToken: {
      type: 'http',
      scheme: 'bearer',
      description: 'Of another plugin, or one that `backend.auth.externalAccess` names.',
    },
  },
} satisfies ApiDescription;

/** The routes of the OAuth server, by what they are called in the document. */
export type OAuthOperation = keyof typeof oauthApi.operations;
