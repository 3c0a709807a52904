// An OpenID Provider and a catalog, each as constant in time as can be, in the process of the load. What reaches them is counted.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export const client = { clientId: 'portal', clientSecret: 'k2Jm-client-secret-of-the-bench-7Qx' };

const keyId = 'stub-1';

export async function startStubs() {
  const calls = { token: 0, userinfo: 0, catalog: 0, metadata: 0, other: 0 };
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map();
  const state = { groups: 10, users: 10_000 };
  let people = 0;
  const server = createServer((request, response) => {
    const [path] = request.url.split('?');
    const handler = routes[path] ?? catalogRoute(path);
    calls[handler?.counted ?? 'other'] += 1;
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const answer = handler?.answer(request, body) ?? { status: 404, body: { error: 'not_found' } };
      const text = JSON.stringify(answer.body ?? answer);
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    });
  });
  // A provider that hangs up while a call is on its way fails that call, and is not what is measured.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;

  const metadata = {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    userinfo_endpoint: `${url}/userinfo`,
    jwks_uri: `${url}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  };
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' };

  const routes = {
    '/.well-known/openid-configuration': { counted: 'metadata', answer: () => metadata },
    '/jwks': { counted: 'metadata', answer: () => ({ keys: [jwk] }) },
    '/token': { counted: 'token', answer: (request, body) => tokens(request, new URLSearchParams(body)) },
    '/userinfo': { counted: 'userinfo', answer: ({ headers }) => claimsOf(bearer(headers).split('.')[1]) },
  };
  const refused = (error) => ({ status: 400, body: { error } });

  function tokens({ headers }, form) {
    if (!isOurClient(headers.authorization, form)) return { status: 401, body: { error: 'invalid_client' } };
    if (form.get('grant_type') === 'refresh_token') {
      const [, user] = form.get('refresh_token').split('.');
      return tokenAnswer({ user });
    }
    const attempt = codes.get(form.get('code'));
    if (!attempt || attempt.redirectUri !== form.get('redirect_uri')) return refused('invalid_grant');
    codes.delete(form.get('code'));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (attempt.challenge && attempt.challenge !== challenge) return refused('invalid_grant');
    return tokenAnswer(attempt);
  }

  /** The e-mail address is not in the ID token: whoever wants it asks for userinfo, as at many providers. */
  function tokenAnswer({ user, nonce }) {
    const now = Math.floor(Date.now() / 1000);
    const access_token = `access.${user}.${randomUUID()}`;
    const hash = createHash('sha256').update(access_token).digest();
    const id_token = jwt({
      iss: url,
      sub: user,
      aud: client.clientId,
      iat: now,
      exp: now + 3600,
      auth_time: now,
      at_hash: hash.subarray(0, 16).toString('base64url'),
      ...(nonce && { nonce }),
    });
    const refresh_token = `refresh.${user}`;
    return {
      access_token,
      id_token,
      refresh_token,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid profile email offline_access',
    };
  }

  function jwt(payload) {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${part(payload)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  function catalogRoute(path) {
    if (!path.startsWith('/api/catalog/')) return undefined;
    return {
      counted: 'catalog',
      answer(request, body) {
        bearer(request.headers);
        const { pathname, searchParams } = new URL(request.url, url);
        const route = pathname.slice('/api/catalog'.length);
        if (route === '/entities') {
          const [, user] = /profile\.email=([^@,]+)@/.exec(searchParams.get('filter')) ?? [];
          return user ? [userEntity(user, state.groups)] : [];
        }
        if (route === '/entities/by-refs') {
          const refs = JSON.parse(body).entityRefs;
          return { items: refs.map((ref) => entityOf(...ref.split(/[:/]/), state.groups)) };
        }
        const [, kind, namespace, name] =
          /^\/entities\/by-name\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(route) ?? [];
        return kind && (entityOf(kind, namespace, name, state.groups) ?? undefined);
      },
    };
  }

  return {
    url,
    calls,
    metadataUrl: `${url}/.well-known/openid-configuration`,
    /** How many groups each user is in, and how many users sign in. */
    set: (changed) => void Object.assign(state, changed),
    /** What the browser of the next user would bring back from the provider: the path and query of the callback. */
    authorize(location) {
      const asked = new URL(location);
      const query = (name) => asked.searchParams.get(name) ?? undefined;
      if (!location.startsWith(`${url}/authorize?`) || query('client_id') !== client.clientId)
        throw new Error(`not a way to the provider: ${location}`);
      const code = randomUUID();
      codes.set(code, {
        user: `user-${people++ % state.users}`,
        nonce: query('nonce'),
        challenge: query('code_challenge'),
        redirectUri: query('redirect_uri'),
      });
      // What nobody redeems, as after a flow that ends with the start, goes.
      if (codes.size > 10_000) codes.delete(codes.keys().next().value);
      const answer = new URLSearchParams({ code, iss: url });
      if (query('state') !== undefined) answer.set('state', query('state'));
      return `${new URL(query('redirect_uri')).pathname}?${answer}`;
    },
    close: () => server.close().closeAllConnections(),
  };
}

const emailOf = (user) => `${user}@example.com`;

function claimsOf(user) {
  return { sub: user, name: `The ${user}`, email: emailOf(user), email_verified: true };
}

/** The guest is in no catalog. */
function entityOf(kind, namespace, name, groups) {
  return kind === 'user' && name.startsWith('user-') ? userEntity(name, groups) : null;
}

function userEntity(user, groups) {
  const names = Array.from({ length: groups }, (_, index) => `team-${index}`);
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: user, namespace: 'default', uid: user, etag: '0e8d5bfa1f0f', annotations: {} },
    relations: names.map((name) => ({ type: 'memberOf', targetRef: `group:default/${name}` })),
    spec: { memberOf: names, profile: { displayName: `The ${user}`, email: emailOf(user) } },
  };
}

function isOurClient(authorization, form) {
  const { clientId, clientSecret } = client;
  if (authorization === undefined)
    return form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
  const [id, secret] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':');
  return id === clientId && decodeURIComponent(secret) === clientSecret;
}

function bearer({ authorization = '' }) {
  if (!authorization.startsWith('Bearer ')) throw new Error('a call without a bearer token');
  return authorization.slice('Bearer '.length);
}
