// What the cases of the OAuth server are made of: a user's token, authorizations, decisions, calls of a client.
import { createHash } from 'node:crypto';
import { fromApp } from './flows.mjs';

export const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
export const redirectUri = 'http://127.0.0.1:8055/callback';
export const verifier = 'a-verifier-of-the-differential-tests-0123456789';
export const challenge = createHash('sha256').update(verifier).digest('base64url');

export const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };

export const registration = (fields) =>
  JSON.stringify({ redirect_uris: [redirectUri], client_name: 'A client', ...fields });

export const authorizePath = (query) =>
  `/v1/authorize?${new URLSearchParams({ redirect_uri: redirectUri, response_type: 'code', ...query })}`;

export async function userToken({ send }) {
  const answer = await send('GET', '/guest/refresh', { headers: fromApp, name: 'a guest' });
  return JSON.parse(answer.text).backstageIdentity.token;
}

export async function register({ send }, fields) {
  const answer = await send('POST', '/v1/register', { headers: json, body: registration(fields) });
  return JSON.parse(answer.text);
}

/** Both form-encoded (RFC 6749 section 2.3.1). */
export const basic = ({ client_id: id, client_secret: secret = '' }) => ({
  authorization: `Basic ${Buffer.from([id, secret].map(encodeURIComponent).join(':')).toString('base64')}`,
});

export const post = async ({ send }, path, fields, { headers, ...options } = {}) =>
  send('POST', path, {
    headers: { ...form, ...headers },
    body: new URLSearchParams(fields).toString(),
    ...options,
  });

/** Up to the consent page; the answer is the id of its session. */
export async function authorize({ send }, query, name = 'GET authorize') {
  const answer = await send('GET', authorizePath(query), { name });
  return answer.headers.location?.split('/').at(-1);
}

export async function decide({ send }, session, token, verdict = 'approve') {
  const answer = await send('POST', `/v1/sessions/${session}/${verdict}`, {
    name: `POST ${verdict}`,
    headers: { ...json, authorization: `Bearer ${token}` },
    body: '{}',
  });
  const { redirectUrl } = answer.text ? JSON.parse(answer.text) : {};
  return redirectUrl === undefined ? undefined : new URL(redirectUrl).searchParams.get('code');
}

/** A client and its code, ready to be exchanged. */
export async function codeOf(visitor, client, query = {}) {
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

export const exchangeOf = (code, fields) => ({
  grant_type: 'authorization_code',
  redirect_uri: redirectUri,
  code,
  code_verifier: verifier,
  ...fields,
});
