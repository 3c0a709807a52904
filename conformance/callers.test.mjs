// The same requests to the same plugins on Backstage's host and on ours: who calls, and who is refused, is the same, but for
// the differences that are listed by name. Tokens of every kind, good and bad; cookies; calls from plugin to plugin.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { startBackstage } from './backstageProcess.mjs';

/** The tokens that we judge otherwise, and why. */
const intendedDifferences = {
  'added handler: it throws':
    'there its error becomes 500; here it is 401, as for every token that nobody accepts',
  'legacy: ended':
    'there an error of the library becomes 500; here it is 401, as for every token that has ended',
  'user: for another audience': 'a full user token is for `backstage`, here always (RFC 8725 section 3.9)',
  'user: for nobody': 'a full user token is for `backstage`, here always (RFC 8725 section 3.9)',
  'user: without a type':
    'here the type is fixed (RFC 8725 section 3.11); tokens without are from before limited tokens',
  'user: of type JWT':
    'here the type is fixed (RFC 8725 section 3.11); tokens without are from before limited tokens',
};

const now = Math.floor(Date.now() / 1000);
const exp = now + 3000;
const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');

function createSigner(kid) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signature = (content) =>
    sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString(
      'base64url',
    );
  return {
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256' },
    signature,
    jws(header, payload) {
      const content = `${encode({ alg: 'ES256', kid, ...header })}.${encode(payload)}`;
      return `${content}.${signature(content)}`;
    },
  };
}

function hmac(header, payload, key, hash = 'sha256') {
  const content = `${encode(header)}.${encode(payload)}`;
  return `${content}.${createHmac(hash, key).update(content).digest('base64url')}`;
}

const users = createSigner('users');
const issuer = createSigner('issuer');
const stranger = createSigner('issuer');
const legacySecret = Buffer.alloc(32, 'legacy').toString('base64');
const oldSecret = Buffer.alloc(24, 'older?').toString('base64');

function limitedToken(sub = 'user:default/jane') {
  const header = { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: 'users' };
  const content = `${encode(header)}.${encode({ sub, iat: now, exp })}`;
  return `${content}.${users.signature(content)}`;
}
function userToken(claims = {}, header = {}, signer = users) {
  const sub = claims.sub ?? 'user:default/jane';
  const uip = limitedToken(sub).split('.')[2];
  const payload = { iss: 'http://localhost', sub, aud: 'backstage', iat: now, exp, uip, ...claims };
  return signer.jws({ typ: 'vnd.backstage.user', kid: 'users', ...header }, payload);
}
const externalClaims = { iss: 'https://issuer.test', aud: 'portal', sub: 'robot', iat: now, exp };
const externalToken = (claims = {}, header = {}, signer = issuer) =>
  signer.jws(header, { ...externalClaims, ...claims });
const legacyClaims = { sub: 'backstage-server', exp };
const legacyToken = (claims = {}, secret = legacySecret) =>
  hmac({ alg: 'HS256' }, { ...legacyClaims, ...claims }, Buffer.from(secret, 'base64'));

const tokens = {
  none: undefined,
  'no token': 'garbage',
  'no token: three parts': 'a.b.c',
  'static: full access': 'static-token-full-0001',
  'static: restricted': 'static-token-part-0002',
  'static: restricted to whole plugins': 'static-token-whole-0003',
  'static: cut': 'static-token-full-000',
  'legacy: good': legacyToken(),
  'legacy: without end': legacyToken({ exp: undefined }),
  'legacy: of a deprecated key': legacyToken({}, oldSecret),
  'legacy: ended': legacyToken({ exp: 1 }),
  'legacy: another secret': legacyToken({}, Buffer.alloc(32, 'x').toString('base64')),
  'legacy: another subject': legacyToken({ sub: 'backstage-plugin' }),
  'legacy: an audience': legacyToken({ aud: 'reports' }),
  'legacy: another algorithm': hmac(
    { alg: 'HS512' },
    legacyClaims,
    Buffer.from(legacySecret, 'base64'),
    'sha512',
  ),
  'jwks: good': externalToken(),
  'jwks: another audience of ours': externalToken({ aud: ['x', 'portal2'] }),
  'jwks: without end': externalToken({ exp: undefined }),
  'jwks: names no key': externalToken({}, { kid: undefined }),
  'jwks: of type JWT': externalToken({}, { typ: 'JWT' }),
  'jwks: of the second entry': externalToken({ iss: 'https://two.test' }),
  'jwks: another issuer': externalToken({ iss: 'https://no.test' }),
  'jwks: for somebody else': externalToken({ aud: 'no' }),
  'jwks: for nobody': externalToken({ aud: undefined }),
  'jwks: no subject': externalToken({ sub: undefined }),
  'jwks: an empty subject': externalToken({ sub: '' }),
  'jwks: ended': externalToken({ exp: 1 }),
  'jwks: signed by a stranger': externalToken({}, {}, stranger),
  'jwks: an unknown key': externalToken({}, { kid: 'unknown' }),
  'jwks: the public key as a secret': hmac(
    { alg: 'HS256', kid: 'issuer' },
    externalClaims,
    issuer.publicKey.export({ type: 'spki', format: 'pem' }),
  ),
  'jwks: unsigned': `${encode({ alg: 'none', kid: 'issuer' })}.${encode(externalClaims)}.`,
  'jwks: says it is a user': externalToken({ aud: 'backstage' }, { typ: 'vnd.backstage.user' }),
  'jwks: says it is a plugin': externalToken(
    { sub: 'billing', aud: 'reports' },
    { typ: 'vnd.backstage.plugin' },
  ),
  'added handler: good': 'acme-full-robot',
  'added handler: restricted': 'acme-part-robot',
  'added handler: a token of nobody': 'acme-none-robot',
  'added handler: it throws': 'acme-full-broken',
  'user: good': userToken(),
  'user: limited': limitedToken(),
  'user: in upper case': userToken({ sub: 'User:Default/Jane' }),
  'user: for another audience': userToken({ aud: 'x' }),
  'user: for nobody': userToken({ aud: undefined }),
  'user: without a type': userToken({}, { typ: undefined }),
  'user: of type JWT': userToken({}, { typ: 'JWT' }),
  'user: ended': userToken({ exp: 1 }),
  'user: signed by a stranger': userToken({}, {}, stranger),
};

const config =
  (jwksUrl) =>
  ({ port, baseUrl }) => ({
    app: { baseUrl },
    conformance: { userKeys: [users.jwk] },
    backend: {
      // The same name for both: it stands in cookies.
      baseUrl: `http://localhost:${port}`,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      auth: {
        keys: [{ secret: oldSecret }],
        externalAccess: [
          { type: 'static', options: { token: tokens['static: full access'], subject: 'robot' } },
          {
            type: 'static',
            options: { token: tokens['static: restricted'], subject: 'part' },
            accessRestrictions: [
              {
                plugin: 'reports',
                permission: 'a.read, a.write b',
                permissionAttribute: { action: ['read', 'update'] },
              },
              { plugin: 'auth' },
            ],
          },
          {
            type: 'static',
            options: { token: tokens['static: restricted to whole plugins'], subject: 'whole' },
            accessRestrictions: [{ plugin: 'billing' }, { plugin: 'reports' }],
          },
          {
            type: 'legacy',
            options: { secret: legacySecret, subject: 'legacy-caller' },
            accessRestrictions: [{ plugin: 'reports' }],
          },
          {
            type: 'jwks',
            options: {
              url: jwksUrl,
              issuer: 'https://issuer.test',
              audience: 'portal, portal2',
              algorithm: ['ES256'],
              subjectPrefix: 'ci',
            },
          },
          { type: 'jwks', options: { url: jwksUrl, issuer: ['https://two.test'] } },
          { type: 'acme', options: { prefix: 'acme-full-' } },
          {
            type: 'acme',
            options: { prefix: 'acme-part-' },
            accessRestrictions: [{ plugin: 'reports', permission: 'a.read' }],
          },
        ],
      },
    },
  });

/** What a caller can see, without `error.code` and the echo of the request, which are each host's own. */
async function call(host, path, { token, method = 'GET', cookie } = {}) {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(cookie !== undefined && { cookie: `a=b; backstage-auth=${cookie}; c=d` }),
  };
  const response = await fetch(`${host.baseUrl}/api/${path}`, { method, headers });
  const text = await response.text();
  const body = /json/.test(response.headers.get('content-type') ?? '') && text ? JSON.parse(text) : text;
  const { name, message } = body.error ?? {};
  return {
    status: response.status,
    body: body.error ? { name, message } : body,
    cookies: response.headers.getSetCookie(),
  };
}

test('a caller is the same to a plugin on both hosts, and so is who is refused', async (context) => {
  const keys = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [issuer.jwk] }));
  }).listen(0, '127.0.0.1');
  await once(keys, 'listening');
  context.after(() => {
    keys.closeAllConnections();
    keys.close();
  });
  const jwksUrl = `http://127.0.0.1:${keys.address().port}/jwks`;
  const [theirs, ours] = await Promise.all(
    ['backstage', 'vestibule'].map(async (auth) => {
      const host = await startBackstage(context, {
        auth,
        config: config(jwksUrl),
        program: 'callers/backend.mjs',
      });
      await host.started;
      return host;
    }),
  );
  const both = async (path, options) => Promise.all([call(theirs, path, options), call(ours, path, options)]);
  const cookiePath = 'reports/.backstage/auth/v1/cookie';
  const differing = new Set();

  // Before anything is forged in their name: unknown keys are looked for four times at once, then every 10 s.
  await context.test('tokens of plugins: for this one, for another, for oneself', async () => {
    for (const [from, to, at] of [
      ['billing', 'reports', 'reports/'],
      ['billing', 'auth', 'reports/'],
      ['reports', 'reports', 'reports/'],
      ['billing', 'reports', 'billing/'],
    ]) {
      const answers = await Promise.all(
        [theirs, ours].map(async (host) => {
          const issued = await call(host, `${from}/token/${to}`, { token: tokens['static: full access'] });
          assert.equal(issued.status, 200);
          return call(host, at, { token: issued.body.token });
        }),
      );
      assert.deepEqual(answers[1], answers[0], `${from} for ${to} at ${at}`);
    }
  });

  for (const [name, token] of Object.entries(tokens)) {
    await context.test(name, async () => {
      const requests = [
        ...['', 'limited', 'services', 'users', 'relay/billing', 'relay/reports'].map((path) => [
          `reports/${path}`,
        ]),
        ['billing/'],
        ...['GET', 'HEAD', 'POST', 'DELETE'].map((method) => [cookiePath, method]),
      ];
      for (const [path, method] of requests) {
        const [expected, actual] = await both(path, { token, method });
        if (!(name in intendedDifferences)) assert.deepEqual(actual, expected, `${method ?? 'GET'} ${path}`);
        else if (JSON.stringify(actual) !== JSON.stringify(expected)) differing.add(name);
        if (name in intendedDifferences)
          assert.ok([401, 403].includes(actual.status), `${actual.status} at ${path}`);
      }
    });
  }

  await context.test('a difference that is listed is one', () => {
    assert.deepEqual([...differing].sort(), Object.keys(intendedDifferences).sort());
  });

  await context.test('cookies', async () => {
    const cookies = ['user: limited', 'user: good', 'no token', 'user: ended'];
    for (const cookie of cookies.map((name) => tokens[name])) {
      for (const path of ['reports/limited', 'reports/', cookiePath]) {
        for (const token of [undefined, tokens['user: good']]) {
          const [expected, actual] = await both(path, { token, cookie });
          assert.deepEqual(actual, expected, `${cookie} at ${path}`);
        }
      }
    }
  });

  await context.test('no token stands in our log', () => {
    for (const token of Object.values(tokens)) {
      if (token?.length > 20) assert.ok(!ours.output().includes(token));
    }
  });
});
