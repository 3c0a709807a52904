/** What there is to say of the routes of sign-in, for the OpenAPI document. Loaded with the first request for it. */
import { apiSchema, type ApiDescription, type ApiOperation } from '@vestibule/plugin-auth-node';
import { signInSchemas } from './schemas.ts';

const { ref, text } = apiSchema;

const json = (schema: object) => ({ 'application/json': { schema } });
const page = (description: string) => ({ 'text/html': { schema: { type: 'string', description } } });
const header = (value: string) => ({ required: true, schema: { const: value } });
const noStore = { 'Cache-Control': header('no-store') };

const parameter = (name: string, description: string, more: object = {}) => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string' },
  ...more,
});
const provider = {
  name: 'provider',
  in: 'path',
  required: true,
  description: 'The id of a provider: a key of `auth.providers`.',
  schema: { type: 'string' },
  example: 'oidc',
};
const env = parameter(
  'env',
  'The environment: `auth.environment`. Required by every provider that has environments; those of the proxy type have none.',
  { example: 'development' },
);
const scope = parameter(
  'scope',
  'What is asked for besides what the provider always asks for, between spaces.',
);

const ofAddress = ['ERR_AUTH_PARAMETER_REPEATED', 'ERR_AUTH_PARAMETER_INVALID'] as const;
const ofProvider = [
  'ERR_AUTH_PROVIDER_UNKNOWN',
  'ERR_AUTH_PROVIDER_NOT_CONFIGURED',
  'ERR_AUTH_PROVIDER_DISABLED',
] as const;
const ofEnvironment = ['ERR_AUTH_ENV_MISSING', 'ERR_AUTH_ENV_UNKNOWN'] as const;
const ofCaller = ['ERR_AUTH_REQUESTED_WITH_MISSING', 'ERR_AUTH_ORIGIN_NOT_ALLOWED'] as const;
const ofTarget = [
  'ERR_AUTH_ORIGIN_INVALID',
  'ERR_AUTH_ORIGIN_NOT_ALLOWED',
  'ERR_AUTH_REDIRECT_URL_MISSING',
  'ERR_AUTH_REDIRECT_URL_INVALID',
  'ERR_AUTH_REDIRECT_URL_NOT_ALLOWED',
] as const;
const ofPartsAway = ['ERR_AUTH_UNAVAILABLE', 'ERR_PROVIDER_UNAVAILABLE', 'ERR_RESOLVER_TIMEOUT'] as const;
const ofProviderAnswer = [
  'ERR_PROVIDER_REFUSED',
  'ERR_PROVIDER_ANSWER_INVALID',
  'ERR_PROVIDER_ANSWER_UNREADABLE',
] as const;
/** Where the person is judged by a refresh itself: with a provider that keeps no session. */
const ofPerson = [
  'ERR_EMAIL_NOT_VERIFIED',
  'ERR_PROFILE_EMAIL_INVALID',
  'ERR_PROFILE_NO_EMAIL',
  'ERR_PROFILE_INVALID',
  'ERR_PROFILE_DENIED',
  'ERR_GATE_DOMAIN',
  'ERR_GATE_USER',
  'ERR_GATE_GROUP',
  'ERR_GATE_HOSTED_DOMAIN',
  'ERR_GATE_GITHUB_ORGANIZATION',
  'ERR_GATE_GITHUB_TEAM',
  'ERR_GUEST_NOT_ALLOWED',
  'ERR_USER_NOT_FOUND',
  'ERR_RESOLVER_NO_MATCH',
  'ERR_EPHEMERAL_NAME_TAKEN',
  'ERR_AMBIGUOUS_MATCH',
  'ERR_RESOLVER_DENIED',
  'ERR_RESOLVER_FAILED',
  'ERR_RESOLVER_RESULT_INVALID',
  'ERR_IDENTITY_REF_INVALID',
  'ERR_IDENTITY_REF_UNSAFE',
  'ERR_TOKEN_TOO_LARGE',
  'ERR_CATALOG_UNAVAILABLE',
  'ERR_CATALOG_REFUSED',
  'ERR_CATALOG_ANSWER_INVALID',
  'ERR_CATALOG_QUERY_UNSAFE',
] as const;

const metadata: Pick<ApiOperation, 'tags' | 'security' | 'responses'> = {
  tags: ['keys and metadata'],
  security: [],
  responses: { 200: { description: 'The document.', content: json(ref('ServerMetadata')) } },
};

const sessionFilter = [
  parameter('id', 'Of one session, or how it begins: 8 characters at least.'),
  parameter('user', 'Whose. Kind and namespace may be left out.', { example: 'user:default/jane' }),
  parameter('provider', 'The id of a provider. Programs have none.', { example: 'oidc' }),
  parameter('olderThan', 'Begun so long ago, or longer: in days, hours or minutes.', {
    schema: { type: 'string', pattern: '^\\d{1,5}[dhm]$' },
    example: '30d',
  }),
];
const ofOperator = [
  ...ofAddress,
  'ERR_SESSION_FILTER_INVALID',
  'ERR_CREDENTIALS_MISSING',
  'ERR_TOKEN_INVALID',
  'ERR_PRINCIPAL_NOT_ALLOWED',
  'ERR_SESSIONS_NOT_SEARCHABLE',
  'ERR_AUTH_UNAVAILABLE',
  'ERR_TOKEN_KEYS_UNAVAILABLE',
] as const;

export const signInApi = {
  tags: {
    'sign-in':
      'Begins, ends and renews sessions. `start` and `handler/frame` are for a browser that goes there; `refresh` and `logout` are called by a script of the front end, which sends cookies.',
    identity: 'Who a token speaks of.',
    'keys and metadata': 'What programs need that verify tokens or ask for some.',
    operators: 'For whoever runs the portal.',
  },
  operations: {
    start: {
      tags: ['sign-in'],
      summary: 'Begin a sign-in',
      description:
        'Sends the browser to the provider. Nothing is written on the server: what has to come back is in a sealed cookie. A browser gets a refusal as a page, a program as JSON.',
      parameters: [
        provider,
        env,
        scope,
        parameter(
          'origin',
          'Who gets the answer: the origin of the front end. Default: that of `app.baseUrl`.',
        ),
        parameter(
          'flow',
          'How the sign-in ends: in a window of its own, or where it began. Default: `popup`.',
          {
            schema: { type: 'string', enum: ['popup', 'redirect'] },
          },
        ),
        parameter('redirectUrl', 'Where a sign-in with `flow=redirect` ends; there, it is required.'),
      ],
      security: [],
      responses: {
        302: {
          description: 'To the provider.',
          headers: {
            ...noStore,
            Location: { required: true, schema: { type: 'string', format: 'uri' } },
            'Set-Cookie': {
              required: true,
              description: 'What ends the sign-in.',
              schema: { type: 'string' },
            },
          },
        },
      },
      refusals: [
        ...ofAddress,
        ...ofProvider,
        ...ofEnvironment,
        ...ofTarget,
        'ERR_AUTH_SCOPE_INVALID',
        'ERR_AUTH_NOT_OFFERED',
        ...ofProviderAnswer,
        'ERR_RESOLVER_FAILED',
        ...ofPartsAway,
      ],
      refusesWithPage: true,
    },
    finish: {
      tags: ['sign-in'],
      summary: 'End a sign-in',
      description:
        'Where the provider sends the browser back to: the redirect URI to register there. A refusal of the person is no error of HTTP: the page says and posts it (`flow=popup`), or the address has `error`, `error_code` and `error_reference` (`flow=redirect`). Only a request that belongs to no sign-in is refused with a status. What counts stands in the query, with `POST` as well.',
      parameters: [
        provider,
        parameter('state', 'As the provider was given it.'),
        parameter('code', 'Of the provider.'),
        parameter('error', 'Of the provider, in place of `code` (RFC 6749 section 4.1.2.1).'),
        parameter('error_description', 'Of the provider, beside `error`: for the record.'),
        parameter('iss', 'Of the provider (RFC 9207).'),
        parameter('env', 'Of a provider that takes it along.'),
      ],
      security: [{ transaction: [] }],
      responses: {
        200: {
          description:
            'The end of a sign-in with `flow=popup`, good or not: a page that posts `SignInMessage` to the window that opened it, and to the one origin that began.',
          headers: {
            ...noStore,
            'Set-Cookie': { description: 'The session, after a sign-in.', schema: { type: 'string' } },
          },
          content: page('Posts `SignInMessage`.'),
          'x-posted-message': ref('SignInMessage'),
        },
        302: {
          description: 'The end of a sign-in with `flow=redirect`, good or not.',
          headers: {
            ...noStore,
            Location: { required: true, schema: { type: 'string', format: 'uri' } },
            'Set-Cookie': { description: 'The session, after a sign-in.', schema: { type: 'string' } },
          },
        },
      },
      refusals: [
        ...ofAddress,
        ...ofProvider,
        ...ofEnvironment,
        'ERR_AUTH_STATE_MISSING',
        'ERR_AUTH_NOT_OFFERED',
      ],
      refusesWithPage: true,
    },
    refresh: {
      tags: ['sign-in'],
      summary: 'Get an identity, or renew it',
      description:
        'From the session, without the person. With a provider of the proxy type, such as the guest, it is the sign-in itself, and there is no session. While a part is away, the last good identity is served for a while. A front end asks at its start: 401 says that nobody is signed in.',
      parameters: [
        provider,
        env,
        scope,
        parameter('user', 'With the guest provider in development: whom to be.', {
          example: 'user:default/jane',
        }),
      ],
      security: [{ requestedWith: [], session: [] }, { requestedWith: [] }],
      responses: {
        200: {
          description: 'Who the person is.',
          headers: noStore,
          content: json(ref('AuthResponse')),
        },
      },
      refusals: [
        ...ofAddress,
        ...ofProvider,
        ...ofCaller,
        ...ofEnvironment,
        'ERR_AUTH_SCOPE_INVALID',
        'ERR_AUTH_SESSION_MISSING',
        'ERR_AUTH_SESSION_ENDED',
        'ERR_AUTH_SESSION_NOT_RENEWABLE',
        'ERR_AUTH_SCOPE_NOT_GRANTED',
        ...ofPartsAway,
        ...ofProviderAnswer,
        ...ofPerson,
      ],
    },
    logout: {
      tags: ['sign-in'],
      summary: 'Sign out',
      description:
        'Ends the session here whatever the provider says, and tries to revoke its tokens there. Without a session it is done already.',
      parameters: [provider, env],
      security: [{ requestedWith: [], session: [] }, { requestedWith: [] }],
      responses: {
        200: {
          description: 'Signed out. Without a body where the browser has nowhere to go.',
          headers: {
            ...noStore,
            'Set-Cookie': {
              description: 'Takes the cookie of the session away.',
              schema: { type: 'string' },
            },
          },
          content: json(ref('LogoutAnswer')),
          'x-body-may-be-absent': true,
        },
      },
      refusals: [...ofAddress, ...ofProvider, ...ofCaller, ...ofEnvironment, 'ERR_AUTH_UNAVAILABLE'],
    },
    returnFromLogout: {
      tags: ['sign-in'],
      summary: 'Come back from signing out at the provider',
      description:
        'The post-logout redirect URI to register there (OpenID Connect RP-Initiated Logout 1.0). Sends the browser to the front end in which the person signed out.',
      parameters: [
        provider,
        parameter('state', 'As the provider was given it. Without it, to `app.baseUrl`.'),
      ],
      security: [],
      responses: {
        302: {
          description: 'To the front end.',
          headers: { ...noStore, Location: { required: true, schema: { type: 'string', format: 'uri' } } },
        },
      },
      refusals: [...ofAddress, ...ofProvider],
    },
    backchannelLogout: {
      tags: ['sign-in'],
      summary: 'Hear that a session at the provider has ended',
      description:
        'For the provider: the back-channel logout URI to register there (OpenID Connect Back-Channel Logout 1.0). Takes a form with `logout_token`, and ends the sessions here that it speaks of. `env` may be left out where the provider has one environment.',
      parameters: [provider, env],
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              properties: { logout_token: { type: 'string' } },
              required: ['logout_token'],
            },
          },
        },
      },
      responses: {
        200: { description: 'They have ended, or there were none.', headers: noStore },
        400: {
          description: 'The logout token does not count, or they could not be ended.',
          headers: noStore,
          content: json(ref('OAuthError')),
        },
      },
      refusals: [...ofProvider, 'ERR_AUTH_ENV_UNKNOWN'],
    },
    readUserinfo: {
      tags: ['identity'],
      summary: 'Read who a token speaks of, and what they own',
      description:
        'For user tokens, full and limited, and for plugins that call on behalf of a user. Tokens do not hold what people own: this says it.',
      security: [{ userToken: [] }],
      responses: {
        200: { description: 'The claims.', headers: noStore, content: json(ref('Userinfo')) },
      },
      refusals: [
        'ERR_USER_INFO_USER_REQUIRED',
        'ERR_CREDENTIALS_MISSING',
        'ERR_TOKEN_INVALID',
        'ERR_USER_INFO_MISSING',
        'ERR_AUTH_UNAVAILABLE',
        'ERR_TOKEN_KEYS_UNAVAILABLE',
      ],
    },
    listSessions: {
      tags: ['operators'],
      summary: 'List sessions',
      description:
        'Of browsers, and of the programs that people approved, the last used first. For other plugins, and for programs that `backend.auth.externalAccess` lets in. What is over is not listed.',
      parameters: [
        ...sessionFilter,
        parameter('limit', 'How many at most.', {
          schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
        }),
      ],
      security: [{ serviceToken: [] }],
      responses: {
        200: { description: 'Some, or all.', headers: noStore, content: json(ref('SessionList')) },
      },
      refusals: ofOperator,
    },
    endSessions: {
      tags: ['operators'],
      summary: 'End sessions',
      description:
        'Ends those that every given parameter fits, on all replicas, with the refresh tokens of programs. User tokens that were given out before are good until they end: an hour, or `auth.backstageTokenExpiration`. One parameter is required.',
      parameters: [
        ...sessionFilter,
        parameter('all', 'All sessions there are, in place of every other parameter.', {
          schema: { const: 'true' },
        }),
      ],
      security: [{ serviceToken: [] }],
      responses: {
        200: { description: 'Ended.', headers: noStore, content: json(ref('EndedSessions')) },
      },
      refusals: ofOperator,
    },
    readKeySet: {
      tags: ['keys and metadata'],
      summary: 'Read the public keys of our tokens',
      description: 'A key is there before a token is signed with it.',
      security: [],
      responses: { 200: { description: 'The keys.', content: json(ref('KeySet')) } },
    },
    readOpenIdConfiguration: {
      ...metadata,
      summary: 'Read the discovery document',
      description: 'What it says of clients holds where the OAuth server is on.',
    },
    readServerMetadata: {
      ...metadata,
      summary: 'Read the metadata of the authorization server',
      description: 'The same document, under its name of RFC 8414. There where the OAuth server is on.',
    },
    readCliClient: {
      tags: ['keys and metadata'],
      summary: "Read the metadata of the client of Backstage's command",
      security: [],
      responses: {
        404: {
          description: 'Always, while the ids of clients are no addresses here: the command does without.',
          content: json(ref('OAuthError')),
        },
      },
    },
    readDecision: {
      tags: ['operators'],
      summary: 'Read why a sign-in ended as it did',
      description: 'In development only. Elsewhere there is no such path, and `vestibule explain` says it.',
      parameters: [
        {
          name: 'reference',
          in: 'path',
          required: true,
          description: 'As the page of the refusal shows it.',
          schema: { type: 'string' },
        },
      ],
      security: [],
      responses: {
        200: { description: 'The record.', headers: noStore, content: json(ref('DecisionAnswer')) },
      },
      refusals: ['ERR_DECISION_UNKNOWN'],
    },
    readApi: {
      tags: ['keys and metadata'],
      summary: 'Read this document',
      description: 'It holds the routes that this backend has: what is not installed, or off, is not in it.',
      parameters: [
        {
          name: 'If-None-Match',
          in: 'header',
          description: 'The `ETag` of what the caller has.',
          schema: { type: 'string' },
        },
      ],
      security: [],
      responses: {
        200: {
          description: 'The document.',
          headers: {
            'Cache-Control': header('public, max-age=300'),
            ETag: { required: true, schema: text('Of the text.') },
          },
          content: json({ type: 'object', additionalProperties: true }),
        },
        304: { description: 'The caller has it.' },
      },
    },
  },
  codes: {
    ERR_AUTH_NOT_OFFERED: {
      name: 'NotImplementedError',
      status: 501,
      meaning: 'The provider reads requests as they come: nobody is sent to it.',
    },
    ERR_CREDENTIALS_MISSING: {
      name: 'AuthenticationError',
      status: 401,
      meaning: 'The request came without credentials.',
    },
    ERR_TOKEN_INVALID: {
      name: 'AuthenticationError',
      status: 401,
      meaning: 'The token is not valid, or no longer.',
    },
    ERR_PRINCIPAL_NOT_ALLOWED: {
      name: 'NotAllowedError',
      status: 403,
      meaning: 'Callers of this kind may not do this.',
    },
    ERR_TOKEN_KEYS_UNAVAILABLE: {
      name: 'ServiceUnavailableError',
      status: 503,
      meaning: 'Tokens cannot be verified at the moment.',
    },
    ERR_USER_INFO_USER_REQUIRED: {
      name: 'InputError',
      status: 400,
      meaning: 'The token is that of a service.',
    },
    ERR_USER_INFO_MISSING: {
      name: 'NotFoundError',
      status: 404,
      meaning: 'The user has never signed in here.',
    },
    ERR_SESSION_FILTER_INVALID: {
      name: 'InputError',
      status: 400,
      meaning:
        'What was written names no sessions: an id, a user or a time is malformed, or nothing is named.',
    },
    ERR_SESSIONS_NOT_SEARCHABLE: {
      name: 'NotImplementedError',
      status: 501,
      meaning: 'The session store that replaces ours finds no sessions by what they are of.',
    },
    ERR_DECISION_UNKNOWN: {
      name: 'NotFoundError',
      status: 404,
      meaning: 'No record has this reference.',
    },
  },
  schemas: signInSchemas,
  securitySchemes: {
    userToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The token of an `AuthResponse`, or what the OAuth server gave a client.',
    },
    serviceToken: {
      type: 'http',
      scheme: 'bearer',
      description: 'Of another plugin, or one that `backend.auth.externalAccess` names.',
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: '{provider}-refresh-token',
      description:
        'The session: a random value in an `HttpOnly` cookie for each provider, whose id begins its name.',
    },
    transaction: {
      type: 'apiKey',
      in: 'cookie',
      name: '{provider}-attempt-{digest}',
      description: 'What began in this browser: a sealed `HttpOnly` cookie for ten minutes, for one use.',
    },
    requestedWith: {
      type: 'apiKey',
      in: 'header',
      name: 'X-Requested-With',
      description:
        '`XMLHttpRequest`, which no other site can set. An `Origin`, where there is one, must be an allowed one.',
    },
  },
} satisfies ApiDescription;

/** The routes of sign-in, by what they are called in the document. */
export type SignInOperation = keyof typeof signInApi.operations;
