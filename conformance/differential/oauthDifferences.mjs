// Of the OAuth server.
import { allInNewest, allInPrevious, answer, anything, fields, metadata, oauthServer } from './places.mjs';

export const oauthDifferences = [
  {
    id: 'oauth-metadata',
    where: 'the discovery document',
    theirs: {
      newest: 'lists the response type `id_token`, which is refused',
      previous:
        'lists the response type `id_token`, which is refused, the challenge method `plain`, and ways to authenticate that no client has',
    },
    ours: 'lists what there is, and with the OAuth server on what revocation and authorization responses are like besides',
    reason: 'A document that is true is the use of it.',
    decision: 'RFC 8414 section 2',
    at: [
      fields(/^oauth .*openid-configuration/, 'body.response_types_supported.length', 2, 1),
      fields(/^oauth .*openid-configuration/, 'body.response_types_supported.1', 'id_token', undefined),
      fields(
        /^oauth .*openid-configuration/,
        /^body\.(revocation_endpoint_auth_methods_supported|response_modes_supported|authorization_response_iss_parameter_supported)/,
        undefined,
        anything,
      ),
      ...allInPrevious(
        fields(metadata, 'body.code_challenge_methods_supported.length', 2, 1),
        fields(metadata, 'body.code_challenge_methods_supported.1', 'plain', undefined),
        fields(metadata, 'body.token_endpoint_auth_methods_supported.length', /^[23]$/, /^[013]$/),
        fields(
          metadata,
          /^body\.token_endpoint_auth_methods_supported\.[012]$/,
          /^(client_secret_(basic|post)|none)$/,
          undefined,
        ),
        fields(
          /^oauth documents .*openid-configuration/,
          'body.token_endpoint_auth_methods_supported.0',
          'client_secret_basic',
          'none',
        ),
        fields(
          /^oauth registration .*openid-configuration/,
          'body.token_endpoint_auth_methods_supported.2',
          undefined,
          'none',
        ),
      ),
    ],
  },
  {
    id: 'oauth-refreshing-alone',
    where: 'the discovery document, with refresh tokens on and no way to be a client',
    theirs: 'lists `offline_access` and `refresh_token`',
    ours: 'neither',
    reason: 'Nobody can get one.',
    decision: 'RFC 8414 section 2',
    at: [
      fields(/^oauth refreshing /, /^body\.(scopes|grant_types)_supported\.length$/, 2, 1),
      fields(
        /^oauth refreshing /,
        /^body\.(scopes|grant_types)_supported\.1$/,
        /^(offline_access|refresh_token)$/,
        undefined,
      ),
    ],
  },
  {
    id: 'oauth-registration-remains',
    where: 'dynamic registration, where it is switched on',
    theirs: { newest: 'gone', previous: 'there, and deprecated' },
    ours: 'there for one more release, off by default, and deprecated',
    reason: 'What registered needs time to become a metadata document, or a client of the config.',
    decision: oauthServer,
    at: allInNewest(
      answer(
        /^oauth › registrations › /,
        { status: 404, 'body.error.name': 'NotFoundError' },
        { status: /^(201|400)$/ },
      ),
      fields(
        /^oauth › documents › .*openid-configuration/,
        'body.registration_endpoint',
        undefined,
        /\/v1\/register$/,
      ),
      fields(
        /^oauth › documents › .*openid-configuration/,
        /^body\.token_endpoint_auth_methods_supported\./,
        anything,
        anything,
      ),
      fields(
        /^oauth › documents › .*openid-configuration/,
        /^body\.token_endpoint_auth_methods_supported\.[12]$/,
        undefined,
        /^(client_secret_post|none)$/,
      ),
    ),
  },
  {
    id: 'oauth-registration-answer',
    where: '`POST /v1/register`',
    theirs: 'client id, secret and redirect URIs',
    ours: 'all that was registered, since when and until when',
    reason: 'A client has to know what it got.',
    decision: 'RFC 7591 section 3.2.1',
    at: allInPrevious(
      fields(
        /^oauth .*(POST \/v1\/register|a good one)$/,
        /^body\.(client_(secret_expires_at|id_issued_at|name)|token_endpoint_auth_method|grant_types|response_types)/,
        undefined,
        anything,
      ),
    ),
  },
  {
    id: 'oauth-registration-errors',
    where: 'a refused registration',
    theirs: '`invalid_request`; broken JSON as an ordinary error',
    ours: '`invalid_client_metadata` or `invalid_redirect_uri`; broken JSON as `invalid_request`',
    reason: 'The names of the specification.',
    decision: 'RFC 7591 section 3.2.2',
    at: [
      ...allInPrevious(
        fields(
          /^oauth › registrations|^oauth registration .*\/register$/,
          'body.error',
          'invalid_request',
          /^invalid_(client_metadata|redirect_uri)$/,
        ),
      ),
      answer(
        /^oauth › registrations › broken$/,
        { status: 400, 'body.error.type': 'entity.parse.failed' },
        { status: 400, 'body.error': 'invalid_request' },
      ),
    ],
  },
  {
    id: 'oauth-error-words',
    where: 'errors of the OAuth server: `error_description`',
    theirs: 'its words',
    ours: 'others',
    reason: 'Clients go by `error`.',
    decision: 'RFC 6749 section 5.2',
    at: [fields(/^oauth /, 'body.error_description', /./, /./)],
  },
  {
    id: 'oauth-errors-are-redirected',
    where: '`/v1/authorize`: errors after client and redirect URI are known to be good',
    theirs: '400, as an ordinary error',
    ours: 'a redirect to the client with `error`, `state` and `iss`',
    reason: 'The client is waiting.',
    decision: 'RFC 6749 section 4.1.2.1',
    at: [
      answer(
        /^oauth[\w ]* › .*(response_type=token|method=(S512|plain)|without PKCE)$/,
        { status: 400, 'body.error.name': 'InputError' },
        { status: 302, 'location ?error': /./, 'location ?state': /./, 'location ?iss': /./ },
      ),
    ],
  },
  {
    id: 'oauth-errors-shown',
    where: '`/v1/authorize`: errors of client or redirect URI',
    theirs: '400, as an ordinary error',
    ours: '400 with `error` and `error_description`',
    reason: 'One form of errors for OAuth clients.',
    decision: 'RFC 6749 section 5.2',
    at: [
      answer(
        /^oauth[\w ]* › (authorizations of .*|redirect URIs are exact|a client that is a document.*) › |^oauth \w+ › .*\/authorize/,
        { status: 400, 'body.error.name': 'InputError' },
        { status: 400, 'body.error': /^invalid_(request|client)$/ },
      ),
    ],
  },
  {
    id: 'oauth-pkce-always',
    where: '`/v1/authorize` without a challenge, of a client with a secret',
    theirs: { newest: 'refused, as ours is', previous: 'goes on' },
    ours: 'refused',
    reason: 'A secret does not protect a code that was injected.',
    decision: 'RFC 9700 section 2.1.1',
    at: allInPrevious(
      answer(
        /^oauth › authorizations of a registered client .*without PKCE$/,
        { status: 302, location: 'http://localhost:3000/oauth2/authorize/<a UUID>' },
        { status: 302, location: 'http://127.0.0.1:8055/callback', 'location ?error': 'invalid_request' },
      ),
    ),
  },
  {
    id: 'oauth-no-plain-challenge',
    where: '`/v1/authorize` with `code_challenge_method=plain`',
    theirs: 'goes on',
    ours: 'refused',
    reason: 'A plain challenge is the verifier.',
    decision: 'RFC 9700 section 2.1.1',
    at: allInPrevious(
      answer(
        /^oauth[\w ]* › .*method=plain$/,
        { status: 302, location: 'http://localhost:3000/oauth2/authorize/<a UUID>' },
        { status: 302, location: 'http://127.0.0.1:8055/callback', 'location ?error': 'invalid_request' },
      ),
    ),
  },
  {
    id: 'oauth-handles',
    where: 'the id of a session of consent',
    theirs: 'a UUID',
    ours: 'the request itself, sealed; up to 6,000 characters',
    reason: 'Nothing is stored until a user decides, so that nobody crowds out the requests of others.',
    decision: oauthServer,
    at: [
      fields(
        /^oauth .*GET authorize( again|, who only signs)?$/,
        'location',
        /\/oauth2\/authorize\/<a UUID>$/,
        /\/oauth2\/authorize\/<sealed>$/,
      ),
      fields(/^oauth .*GET the session$/, 'body.id', '<a UUID>', '<sealed>'),
    ],
  },
  {
    id: 'oauth-issuer-in-responses',
    where: 'the `redirectUrl` of a decision',
    theirs: '`code` or `error`, and `state`',
    ours: 'also `iss`',
    reason: 'Against mixing up authorization servers.',
    decision: 'RFC 9207',
    at: [
      fields(
        /^oauth .*POST (approve|reject)$/,
        'body.redirectUrl ?iss',
        undefined,
        'http://localhost:7007/api/auth',
      ),
    ],
  },
  {
    id: 'oauth-bearer-errors',
    where: 'a decision without a user',
    theirs: '403 `access_denied`, or 401 `invalid_client`',
    ours: '401 `invalid_token` with `WWW-Authenticate`',
    reason: 'Nobody was denied; nobody is signed in.',
    decision: 'RFC 6750 section 3',
    at: [
      answer(
        /^oauth[\w ]* › (sessions of nobody|consent to .* without a user) › |^oauth [\w ]+ › .*\/approve$/,
        { status: /^40[13]$/, 'body.error': /^(access_denied|invalid_client)$/ },
        { status: 401, 'body.error': 'invalid_token' },
      ),
      fields(
        /^oauth[\w ]* › (sessions of nobody|consent to .* without a user) › |^oauth [\w ]+ › .*\/approve$/,
        'header www-authenticate',
        undefined,
        /^Bearer\b/,
      ),
      ...allInNewest(fields(/^oauth .*with garbage$/, 'header www-authenticate', /^Basic /, /^Bearer /)),
    ],
  },
  {
    id: 'oauth-clients-authenticate',
    where: '`POST /v1/token`, a client that registered with a secret',
    theirs: 'need not show it',
    ours: '401 without it',
    reason: 'A client authenticates as it registered.',
    decision: 'RFC 6749 section 3.2.1',
    at: allInPrevious(
      answer(
        /^oauth[\w ]* › .*without client authentication$/,
        { status: 200, 'body.token_type': 'Bearer' },
        { status: 401, 'body.error': 'invalid_client' },
      ),
      fields(
        /^oauth[\w ]* › .*without client authentication$/,
        'header www-authenticate',
        undefined,
        /^Basic /,
      ),
    ),
  },
  {
    id: 'oauth-audience',
    where: 'tokens of the OAuth server',
    theirs: '`aud` is `backstage`',
    ours: '`aud` is `backstage` and the client, `azp` the client',
    reason: 'An ID token is for the client, too.',
    decision: 'OpenID Connect Core section 2',
    at: [
      fields(/^oauth /, /^body\.(access|id)_token claims\.aud$/, 'backstage', undefined),
      fields(/^oauth /, /^body\.(access|id)_token claims\.(azp|aud\.(length|0|1))$/, undefined, anything),
    ],
  },
  {
    id: 'oauth-token-answer',
    where: '`POST /v1/token`',
    theirs: {
      newest: 'no `scope` at a refresh',
      previous: '`expires_in` is 3600, whatever `backstageTokenExpiration` says; no `scope` at a refresh',
    },
    ours: '`expires_in` is that of the token; always a `scope`; `Pragma: no-cache`',
    reason: 'Clients go by it.',
    decision: 'RFC 6749 section 5.1',
    at: [
      ...allInPrevious(fields(/^oauth /, 'body.expires_in', 3600, 1800)),
      fields(
        /^oauth .*(POST the refresh token|by its owner)$/,
        'body.scope',
        undefined,
        'openid offline_access',
      ),
      fields(/^oauth /, 'header pragma', undefined, 'no-cache'),
    ],
  },
  {
    id: 'oauth-revocation',
    where: '`POST /v1/revoke`',
    theirs: '401 for whoever names no client; an empty answer of type HTML',
    ours: '200 for a token that is not known; an empty answer without a type',
    reason: 'What is not known needs no revoking.',
    decision: 'RFC 7009 section 2.2',
    at: [
      answer(
        /^oauth([\w ]* › .*a revocation of nobody| [\w ]+ › .*\/revoke)$/,
        { status: 401, 'body.error': 'invalid_client' },
        { status: 200, body: '' },
      ),
      ...allInNewest(
        fields(/^oauth .*(\/revoke|revocation of nobody)$/, 'header www-authenticate', /^Basic /, undefined),
      ),
      fields(
        /^oauth[\w ]* › .*POST (a revocation|one of an unknown token)$/,
        'header content-type',
        'text/html; charset=utf-8',
        undefined,
      ),
    ],
  },
];
