// The cases of the portal `oauth`: clients that are documents, clients that register, and what either may not; and of those in
// which one gate is open.
import { gates, requests } from './flows.mjs';
import { withSecret } from './oauthClientCases.mjs';
import {
  authorize,
  authorizePath,
  decide,
  exchangeOf,
  json,
  pkce,
  post,
  register,
  registration,
  userToken,
} from './oauthFlows.mjs';
import { inNewest, inPrevious } from './sets.mjs';

/** The portal `oauth`: clients that are documents with either set, those that register with the previous one. */
export const oauth = [
  requests('documents', ['GET /.well-known/openid-configuration', 'GET /.well-known/oauth-client/cli.json']),
  requests('registrations', [
    ['POST /v1/register', { headers: json, body: registration(), name: 'a good one' }],
    ['POST /v1/register', { headers: json, body: '{}', name: 'without redirect URIs' }],
    [
      'POST /v1/register',
      { headers: json, body: registration({ redirect_uris: [] }), name: 'with an empty list' },
    ],
    [
      'POST /v1/register',
      { headers: json, body: registration({ redirect_uris: ['no url'] }), name: 'with no URL' },
    ],
    [
      'POST /v1/register',
      {
        headers: json,
        body: registration({ redirect_uris: ['https://evil.test/'] }),
        name: 'with a foreign URL',
      },
    ],
    ['POST /v1/register', { headers: json, body: '{', name: 'broken' }],
    'GET /v1/register',
  ]),
  requests('authorizations of nobody', [
    'GET /v1/authorize',
    [`GET ${authorizePath({ client_id: 'nobody', ...pkce })}`, { name: 'of an unknown client' }],
  ]),
  {
    name: 'sessions of nobody',
    async run({ send }) {
      const id = '00000000-0000-4000-8000-000000000000';
      await send('GET', `/v1/sessions/${id}`);
      await send('POST', `/v1/sessions/${id}/approve`, { headers: json, body: '{}' });
      await send('POST', `/v1/sessions/${id}/reject`, { headers: json, body: '{}' });
    },
  },
  ...withSecret('a registered client', register).map(inPrevious),
  {
    name: 'a client that is a document',
    async run(visitor) {
      const token = await userToken(visitor);
      const id = visitor.clientDocuments.plain;
      await authorize(
        visitor,
        { client_id: id, scope: 'openid', state: 'xyz' },
        'GET authorize without PKCE',
      );
      await authorize(
        visitor,
        { client_id: id, redirect_uri: 'https://evil.test/', ...pkce },
        'GET it for a foreign URL',
      );
      await authorize(
        visitor,
        { client_id: 'https://evil.test/client.json', ...pkce },
        'GET it for a foreign document',
      );
      const session = await authorize(visitor, {
        client_id: id,
        scope: 'openid offline_access',
        state: 'xyz',
        ...pkce,
      });
      await visitor.send('GET', `/v1/sessions/${session}`, { name: 'GET the session' });
      const code = await decide(visitor, session, token);
      await post(visitor, '/v1/token', exchangeOf(code, { client_id: id }), { name: 'POST the code' });
    },
  },
  {
    name: 'a client that is a document and could sign',
    async run(visitor) {
      const token = await userToken(visitor);
      const id = visitor.clientDocuments.signing;
      const session = await authorize(visitor, { client_id: id, scope: 'openid', state: 'xyz', ...pkce });
      await visitor.send('GET', `/v1/sessions/${session}`, { name: 'GET the session' });
      const code = await decide(visitor, session, token);
      await post(visitor, '/v1/token', exchangeOf(code, { client_id: id }), { name: 'POST the code' });
    },
  },
  {
    name: 'a client that is a document and authenticates otherwise',
    async run(visitor) {
      const { secret, signingOnly } = visitor.clientDocuments;
      await authorize(visitor, { client_id: secret, ...pkce }, 'GET authorize with a secret');
      await authorize(visitor, { client_id: signingOnly, ...pkce }, 'GET authorize, who only signs');
    },
  },
];

/** Whichever gate is open. */
export const oneGate = [requests('the gates', ['GET /.well-known/openid-configuration', ...gates])];
