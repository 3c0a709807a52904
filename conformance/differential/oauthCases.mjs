// The cases of the portal `oauth`: clients that register, clients that are documents, and what either may not; and of those in
// which one gate is open.
import { createHash } from 'node:crypto';
import { app, fromApp, gates, requests } from './flows.mjs';
import { inPrevious } from './sets.mjs';

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const redirectUri = 'http://127.0.0.1:8055/callback';
const verifier = 'a-verifier-of-the-differential-tests-0123456789';
const challenge = createHash('sha256').update(verifier).digest('base64url');

const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };

const registration = (fields) =>
  JSON.stringify({ redirect_uris: [redirectUri], client_name: 'A client', ...fields });

const authorizePath = (query) =>
  `/v1/authorize?${new URLSearchParams({ redirect_uri: redirectUri, response_type: 'code', ...query })}`;

async function userToken({ send }) {
  const answer = await send('GET', '/guest/refresh', { headers: fromApp, name: 'a guest' });
  return JSON.parse(answer.text).backstageIdentity.token;
}

async function register({ send }, fields) {
  const answer = await send('POST', '/v1/register', { headers: json, body: registration(fields) });
  return JSON.parse(answer.text);
}

const basic = ({ client_id: id, client_secret: secret }) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

const post = async ({ send }, path, fields, { headers, ...options } = {}) =>
  send('POST', path, {
    headers: { ...form, ...headers },
    body: new URLSearchParams(fields).toString(),
    ...options,
  });

/** Up to the consent page; the answer is the id of its session. */
async function authorize({ send }, query, name = 'GET authorize') {
  const answer = await send('GET', authorizePath(query), { name });
  return answer.headers.location?.split('/').at(-1);
}

async function decide({ send }, session, token, verdict = 'approve') {
  const answer = await send('POST', `/v1/sessions/${session}/${verdict}`, {
    name: `POST ${verdict}`,
    headers: { ...json, authorization: `Bearer ${token}` },
    body: '{}',
  });
  const { redirectUrl } = answer.text ? JSON.parse(answer.text) : {};
  return redirectUrl === undefined ? undefined : new URL(redirectUrl).searchParams.get('code');
}

/** A client and its code, ready to be exchanged. */
async function codeOf(visitor, client, query = {}) {
  const token = await userToken(visitor);
  const session = await authorize(visitor, {
    client_id: client.client_id,
    scope: 'openid',
    state: 'xyz',
    ...pkce,
    ...query,
  });
  return { token, code: await decide(visitor, session, token) };
}

const exchangeOf = (code, fields) => ({
  grant_type: 'authorization_code',
  redirect_uri: redirectUri,
  code,
  code_verifier: verifier,
  ...fields,
});

/** What a client with a secret may and may not, however it came to be one. `clientOf` gives it. */
const withSecret = (kind, clientOf) => [
  {
    name: `authorizations of ${kind} that are refused`,
    async run(visitor) {
      const { client_id: id } = await clientOf(visitor);
      for (const query of [
        { response_type: 'token' },
        { redirect_uri: 'http://127.0.0.1:8055/other' },
        { redirect_uri: 'no url' },
        { code_challenge: challenge, code_challenge_method: 'S512' },
        { code_challenge: challenge, code_challenge_method: 'plain' },
        {},
      ]) {
        const name = new URLSearchParams(query).toString() || 'without PKCE';
        await visitor.send('GET', authorizePath({ client_id: id, state: 'xyz', ...query }), { name });
      }
    },
  },
  {
    name: `${kind}: code, tokens, refresh, revocation`,
    async run(visitor) {
      const { send } = visitor;
      const token = await userToken(visitor);
      const client = await clientOf(visitor);
      const session = await authorize(visitor, {
        client_id: client.client_id,
        scope: 'openid offline_access',
        state: 'xyz',
        ...pkce,
      });
      await send('GET', `/v1/sessions/${session}`, { name: 'GET the session' });
      const code = await decide(visitor, session, token);
      await decide(visitor, session, token, 'reject');
      const headers = basic(client);
      const tokens = await post(visitor, '/v1/token', exchangeOf(code), { headers, name: 'POST the code' });
      const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(tokens.text);
      await send('GET', '/v1/userinfo', { headers: { authorization: `Bearer ${accessToken}` } });
      const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken };
      const renewed = await post(visitor, '/v1/token', refresh, { headers, name: 'POST the refresh token' });
      await post(visitor, '/v1/token', refresh, { headers, name: 'POST it again' });
      const { refresh_token: last = '' } = JSON.parse(renewed.text);
      await post(visitor, '/v1/revoke', { token: last }, { name: 'POST a revocation of nobody' });
      await post(visitor, '/v1/revoke', { token: last }, { headers, name: 'POST a revocation' });
      await post(
        visitor,
        '/v1/revoke',
        { token: 'unknown' },
        { headers, name: 'POST one of an unknown token' },
      );
    },
  },
  {
    name: `${kind} that is rejected`,
    async run(visitor) {
      const token = await userToken(visitor);
      const { client_id: id } = await clientOf(visitor);
      const session = await authorize(visitor, { client_id: id, state: 'xyz', ...pkce });
      await decide(visitor, session, token, 'reject');
      await decide(visitor, session, token);
    },
  },
  {
    name: `codes of ${kind} that are refused`,
    async run(visitor) {
      const client = await clientOf(visitor);
      const { code } = await codeOf(visitor, client);
      const headers = basic(client);
      const send = async (fields, name, options = { headers }) =>
        post(visitor, '/v1/token', fields, { ...options, name });
      await send({ grant_type: 'password' }, 'another grant');
      await send({}, 'no grant');
      await send({ grant_type: 'authorization_code' }, 'no code');
      await send(exchangeOf('unknown'), 'an unknown code');
      await send(exchangeOf(code), 'without client authentication', {});
      await send(exchangeOf(code, { redirect_uri: 'http://127.0.0.1:8055/other' }), 'another redirect URI');
    },
  },
  {
    name: `codes of ${kind} that work once`,
    async run(visitor) {
      const client = await clientOf(visitor);
      const { code } = await codeOf(visitor, client);
      const credentials = { client_id: client.client_id, client_secret: client.client_secret };
      await post(visitor, '/v1/token', exchangeOf(code, credentials), { name: 'POST the code' });
      await post(visitor, '/v1/token', exchangeOf(code, credentials), { name: 'POST it again' });
    },
  },
  {
    name: `codes of ${kind} with another verifier`,
    async run(visitor) {
      const client = await clientOf(visitor);
      const { code } = await codeOf(visitor, client);
      const fields = exchangeOf(code, { code_verifier: `${verifier}-other` });
      await post(visitor, '/v1/token', fields, { headers: basic(client), name: 'POST the code' });
    },
  },
  {
    name: `consent to ${kind} without a user`,
    async run(visitor) {
      const { client_id: id } = await clientOf(visitor);
      const session = await authorize(visitor, { client_id: id, ...pkce });
      const at = `/v1/sessions/${session}/approve`;
      await visitor.send('POST', at, { headers: json, body: '{}', name: 'without a token' });
      await visitor.send('POST', at, {
        headers: { ...json, authorization: 'Bearer x' },
        body: '{}',
        name: 'with garbage',
      });
      const headers = { origin: app, 'access-control-request-method': 'POST' };
      await visitor.send('OPTIONS', '/v1/token', { headers });
    },
  },
];

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
      const id = visitor.clientDocument;
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
];

/** Whichever gate is open. */
export const oneGate = [requests('the gates', ['GET /.well-known/openid-configuration', ...gates])];
