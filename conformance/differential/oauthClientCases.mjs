// What a client of the OAuth server may and may not, however it came to be one; and what holds for clients of the config alone.
import { app, requests } from './flows.mjs';
import {
  authorize,
  authorizePath,
  basic,
  challenge,
  codeOf,
  decide,
  exchangeOf,
  json,
  pkce,
  post,
  userToken,
  verifier,
} from './oauthFlows.mjs';
import { configuredClients as clients, externalToken } from './portals.mjs';

/** Of a client with a secret. `clientOf` gives it. */
export const withSecret = (kind, clientOf) => [
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

const confidential = async () => clients.confidential;
const external = { ...json, authorization: `Bearer ${externalToken}` };

/** Revokes the offline sessions of a user. */
const revokeSessions = async ({ send }, body, name, headers = external) =>
  send('POST', '/v1/offline-sessions/revoke', { headers, body: JSON.stringify(body), name });

const refreshOf = (tokens) => ({
  grant_type: 'refresh_token',
  refresh_token: JSON.parse(tokens.text).refresh_token ?? '',
});

const offline = { scope: 'openid offline_access' };

export const configuredClients = [
  // Before any other has tokens: they are counted.
  {
    name: 'the offline sessions of a user are revoked',
    async run(visitor) {
      const { client_id: id } = clients.open;
      const { code, token } = await codeOf(visitor, clients.open, offline);
      const tokens = await post(visitor, '/v1/token', exchangeOf(code, { client_id: id }), {
        name: 'POST the code',
      });
      const userEntityRef = 'user:default/jane';
      await revokeSessions(visitor, { userEntityRef }, 'by nobody', json);
      await revokeSessions(visitor, { userEntityRef }, 'by a user', {
        ...json,
        authorization: `Bearer ${token}`,
      });
      await revokeSessions(visitor, { userEntityRef: 'user:default/kim' }, 'of somebody else');
      await revokeSessions(visitor, {}, 'of nobody');
      await revokeSessions(visitor, { userEntityRef: 4711 }, 'of a number');
      await revokeSessions(visitor, { userEntityRef: 'group:default/readers' }, 'of a group');
      await revokeSessions(visitor, { userEntityRef: ':' }, 'of no reference');
      const fields = { ...refreshOf(tokens), client_id: id };
      const renewed = await post(visitor, '/v1/token', fields, { name: 'POST the refresh token' });
      await revokeSessions(visitor, { userEntityRef: 'User:Default/Jane' }, 'of her, in capitals');
      await post(
        visitor,
        '/v1/token',
        { ...refreshOf(renewed), client_id: id },
        { name: 'POST the refresh token, revoked' },
      );
      await revokeSessions(visitor, { userEntityRef: 'jane' }, 'of her by name, again');
      await visitor.send('GET', '/v1/offline-sessions/revoke', { headers: external });
    },
  },
  requests('documents', [
    'GET /.well-known/openid-configuration',
    'GET /.well-known/oauth-client/cli.json',
    ['POST /v1/register', { headers: json, body: '{}' }],
  ]),
  ...withSecret('a client with a secret', confidential),
  {
    name: 'a client without a secret: code, tokens, refresh, revocation',
    async run(visitor) {
      const client = clients.open;
      const own = { client_id: client.client_id };
      const { code } = await codeOf(visitor, client, offline);
      const tokens = await post(visitor, '/v1/token', exchangeOf(code, own), { name: 'POST the code' });
      const fields = { ...refreshOf(tokens), ...own };
      const renewed = await post(visitor, '/v1/token', fields, { name: 'POST the refresh token' });
      const token = refreshOf(renewed).refresh_token;
      await post(visitor, '/v1/revoke', { token, ...own }, { name: 'POST a revocation' });
      const late = { ...refreshOf(renewed), ...own };
      await post(visitor, '/v1/token', late, { name: 'POST the refresh token, revoked' });
    },
  },
  {
    name: 'a client without a secret, by Basic',
    async run(visitor) {
      const { code } = await codeOf(visitor, clients.open);
      const headers = basic(clients.open);
      await post(visitor, '/v1/token', exchangeOf(code), { headers, name: 'POST the code' });
    },
  },
  {
    name: 'a client without a secret that does not say who it is',
    async run(visitor) {
      const { code } = await codeOf(visitor, clients.open);
      await post(visitor, '/v1/token', exchangeOf(code), { name: 'POST the code' });
    },
  },
  {
    name: 'a client whose id and secret want encoding',
    async run(visitor) {
      const { code } = await codeOf(visitor, clients.odd);
      await visitor.send('GET', authorizePath({ client_id: clients.odd.client_id, ...pkce }), {
        name: 'GET authorize again',
      });
      const headers = basic(clients.odd);
      await post(visitor, '/v1/token', exchangeOf(code), { headers, name: 'POST the code' });
    },
  },
  {
    name: 'redirect URIs are exact',
    async run(visitor) {
      for (const client of [clients.confidential, clients.open]) {
        for (const uri of [
          'http://127.0.0.1:9999/callback',
          'http://localhost:8055/callback',
          'http://127.0.0.1:8055/callback/',
          'http://127.0.0.1:8055/callback?x=y',
          'https://evil.test/',
        ]) {
          await visitor.send(
            'GET',
            authorizePath({ client_id: client.client_id, redirect_uri: uri, ...pkce }),
            { name: `${client.client_id}: ${uri}` },
          );
        }
      }
    },
  },
  {
    name: 'secrets that are not theirs',
    async run(visitor) {
      const { confidential: client, open, other } = clients;
      const { code } = await codeOf(visitor, client);
      const redeem = async (name, fields, headers) =>
        post(visitor, '/v1/token', exchangeOf(code, fields), { headers, name });
      await redeem('another secret, by Basic', {}, basic({ ...client, client_secret: 'another' }));
      await redeem('another secret, in the form', { client_id: client.client_id, client_secret: 'another' });
      await redeem('an empty secret, by Basic', {}, basic({ client_id: client.client_id }));
      await redeem('the id alone', { client_id: client.client_id });
      await redeem('an unknown client', {}, basic({ client_id: 'nobody', client_secret: 'x' }));
      await redeem('a secret where there is none', {}, basic({ ...open, client_secret: 'x' }));
      await redeem('a header that is no Basic', {}, { authorization: 'Basic !' });
      await redeem("another client's", {}, basic(other));
      await redeem('the right one at last', {}, basic(client));
    },
  },
  {
    name: 'a code of another client is not spent',
    async run(visitor) {
      const { code } = await codeOf(visitor, clients.open);
      await post(visitor, '/v1/token', exchangeOf(code, { client_id: 'nobody' }), { name: 'by nobody' });
      await post(visitor, '/v1/token', exchangeOf(code), {
        headers: basic(clients.confidential),
        name: 'by another',
      });
      const own = { client_id: clients.open.client_id };
      await post(visitor, '/v1/token', exchangeOf(code, { ...own, code_verifier: `${verifier}-other` }), {
        name: 'with another verifier',
      });
      await post(visitor, '/v1/token', exchangeOf(code, own), { name: 'by its owner' });
    },
  },
  {
    name: 'refresh tokens are those of their client',
    async run(visitor) {
      const { confidential: client, other } = clients;
      const { code } = await codeOf(visitor, client, offline);
      const headers = basic(client);
      const tokens = await post(visitor, '/v1/token', exchangeOf(code), { headers, name: 'POST the code' });
      const fields = refreshOf(tokens);
      await post(visitor, '/v1/token', fields, { name: 'by nobody' });
      await post(
        visitor,
        '/v1/token',
        { ...fields, client_id: client.client_id },
        { name: 'by its id alone' },
      );
      await post(visitor, '/v1/token', fields, { headers: basic(other), name: 'by another' });
      const token = fields.refresh_token;
      await post(
        visitor,
        '/v1/revoke',
        { token, client_id: client.client_id },
        { name: 'a revocation by its id alone' },
      );
      await post(visitor, '/v1/revoke', { token, client_id: 'nobody' }, { name: 'a revocation by nobody' });
      await post(visitor, '/v1/token', fields, { headers, name: 'by its owner' });
    },
  },
];
