// The flows on Backstage's wire, which it and Vestibule share. Each checks its every answer; the first token of each flow is
// verified against the published keys.
import { createPublicKey, verify } from 'node:crypto';
import { createJar, wrong } from './wire.mjs';

export const appOrigin = 'http://localhost:3000';

const startPath = `/api/auth/oidc/start?${new URLSearchParams({
  env: 'production',
  scope: 'openid profile email',
  origin: appOrigin,
  flow: 'popup',
})}`;
const asFrontEnd = { origin: appOrigin, 'x-requested-with': 'XMLHttpRequest' };
const rememberedSessions = 10_000;

/** @param idp - Who sends people back. @returns Flows by name: each takes a connection and does one operation on it. */
export function backstageWire({ idp }) {
  const sessions = [];
  const verified = new Set();
  let signedIn = 0;
  let refreshed = 0;
  let token;

  async function accept(flow, connection, response) {
    const { backstageIdentity } = response;
    if (!backstageIdentity.identity.userEntityRef.startsWith('user:')) throw wrong(flow, response);
    ({ token } = backstageIdentity);
    if (verified.has(flow)) return;
    verified.add(flow);
    const { body } = await connection.send('GET', '/api/auth/.well-known/jwks.json');
    if (!isSignedBy(JSON.parse(body).keys, token))
      throw new Error(`${flow}: no published key signed the token`);
  }

  async function start(connection) {
    const answer = await connection.send('GET', startPath);
    if (answer.status !== 302) throw wrong('start', answer);
    return answer;
  }

  async function signIn(connection) {
    const jar = createJar();
    const started = await start(connection);
    jar.keep(started.cookies);
    const callback = idp.authorize(started.headers.location);
    const answer = await connection.send('GET', callback, jar.header(callback));
    const response = postedResponse(answer);
    if (!response) throw wrong('sign-in', answer);
    await accept('sign-in', connection, response);
    jar.keep(answer.cookies);
    sessions[signedIn++ % rememberedSessions] = jar;
  }

  async function refresh(connection) {
    const jar = sessions[refreshed++ % sessions.length];
    const path = '/api/auth/oidc/refresh?optional&env=production&scope=openid%20profile%20email';
    const answer = await connection.send('GET', path, { ...asFrontEnd, ...jar.header(path) });
    if (answer.status !== 200) throw wrong('refresh', answer);
    await accept('refresh', connection, JSON.parse(answer.body));
    jar.keep(answer.cookies);
  }

  async function guest(connection) {
    const answer = await connection.send('GET', '/api/auth/guest/refresh', asFrontEnd);
    if (answer.status !== 200) throw wrong('guest', answer);
    await accept('guest', connection, JSON.parse(answer.body));
  }

  const get = (flow, path, expected, headers) => async (connection) => {
    const answer = await connection.send('GET', path, headers?.());
    if (answer.status !== 200 || !answer.body.includes(expected)) throw wrong(flow, answer);
  };
  const asUser = () => ({ authorization: `Bearer ${token}` });

  // In the order of a warm-up: a sign-in leaves sessions and a token to the others.
  return {
    'sign-in': signIn,
    start,
    refresh,
    guest,
    userinfo: get('userinfo', '/api/auth/v1/userinfo', '"ent":["user:', asUser),
    keys: get('keys', '/api/auth/.well-known/jwks.json', '"keys":[{'),
    protected: get('protected', '/api/whoami', '"userEntityRef":"user:', asUser),
  };
}

/** What the popup's page posts to its opener, on the one host and the other. */
function postedResponse({ status, body }) {
  if (status !== 200) return undefined;
  const [, encoded] = /["'](%7B%22type%22%3A%22authorization_response%22[^"']*)["']/.exec(body) ?? [];
  return encoded && JSON.parse(decodeURIComponent(encoded)).response;
}

function isSignedBy(keys, token) {
  const [header, payload, signature] = token.split('.');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url'));
  const jwk = keys.find((key) => key.kid === kid);
  if (!jwk) return false;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const data = Buffer.from(`${header}.${payload}`);
  return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}
