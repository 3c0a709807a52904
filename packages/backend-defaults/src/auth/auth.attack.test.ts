import { createHmac, createPublicKey, generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createTestSigner } from './testing/authPlugin.ts';
import { startBackend, type TestBackend } from './testing/startBackend.ts';

let backend: TestBackend;
const tried: string[] = [];
beforeAll(async () => {
  backend = await startBackend();
  // The key set is known from here on.
  await backend.reports.auth.authenticate(backend.signer.userToken());
});
afterAll(async () => {
  await backend.stop();
});

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

async function call(token: string, path = '/api/reports/'): Promise<{ status: number; text: string }> {
  tried.push(token);
  const response = await fetch(backend.url + path, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, text: await response.text() };
}

async function expectRefused(token: string, message: string, path?: string): Promise<void> {
  const { status, text } = await call(token, path);
  expect([status, (JSON.parse(text) as { error: { message: string } }).error.message]).toEqual([
    401,
    message,
  ]);
  expect(text).not.toContain(token.split('.')[2] || token);
}

/** A good user token with parts replaced, signed anew with the right key unless told otherwise. */
function forge(header: object, payload: object = {}, signer = backend.signer): string {
  const good = backend.signer.userToken();
  return signer.sign({ ...decodeProtectedHeader(good), ...header }, { ...decodeJwt(good), ...payload });
}

describe('a forged user token', () => {
  const failed = 'Failed user token verification';

  it('without a signature is refused', async () => {
    const [, payload] = backend.signer.userToken().split('.');
    const header = encode({ typ: 'vnd.backstage.user', alg: 'none', kid: backend.signer.kid });
    await expectRefused(`${header}.${payload}.x`, failed);
    const empty = await call(`${header}.${payload}.`);
    expect(empty.status).toBe(401);
  });

  it('signed with the public key as a shared secret is refused (RFC 8725 section 2.1)', async () => {
    const pem = createPublicKey({ key: backend.signer.publicKey as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const [, payload] = backend.signer.userToken().split('.');
    const content = `${encode({ typ: 'vnd.backstage.user', alg: 'HS256', kid: backend.signer.kid })}.${payload}`;
    const mac = createHmac('sha256', pem).update(content).digest('base64url');
    await expectRefused(`${content}.${mac}`, failed);
  });

  it('signed with a shared secret that stands in the key set is refused', async () => {
    const secret = Buffer.alloc(32, 1);
    backend.authPlugin.keys = [
      backend.signer.publicKey,
      { kty: 'oct', k: secret.toString('base64url'), kid: 'shared', alg: 'HS256' },
    ];
    const [, payload] = backend.signer.userToken().split('.');
    const content = `${encode({ typ: 'vnd.backstage.user', alg: 'HS256', kid: 'shared' })}.${payload}`;
    await expectRefused(
      `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`,
      failed,
    );
    backend.authPlugin.keys = [backend.signer.publicKey];
  });

  it('signed with another key under the same id, or one that it brings along, is refused', async () => {
    const stranger = createTestSigner(backend.signer.kid);
    await expectRefused(stranger.userToken(), failed);
    await expectRefused(forge({ jwk: stranger.publicKey }, {}, stranger), failed);
    await expectRefused(forge({ jku: 'http://127.0.0.1:1/jwks.json' }, {}, stranger), failed);
  });

  it.each([
    ['has ended', () => forge({}, { exp: nowSeconds() - 1 })],
    ['never ends', () => forge({}, { exp: undefined })],
    ['has an end that is no number', () => forge({}, { exp: 'never' })],
    ['was never issued', () => forge({}, { iat: undefined })],
    ['is not yet valid', () => forge({}, { nbf: nowSeconds() + 600 })],
    ['has no subject', () => forge({}, { sub: undefined })],
    ['has an empty subject', () => forge({}, { sub: '' })],
    ['has a subject that is no text', () => forge({}, { sub: ['user:default/jane'] })],
    ['is for another audience', () => forge({}, { aud: 'elsewhere' })],
    ['has no audience', () => forge({}, { aud: undefined })],
    ['names no key', () => forge({ kid: undefined })],
    ['names an unknown key', () => forge({ kid: 'nobody' })],
    ['demands an extension', () => forge({ crit: ['exp'] })],
    ['says it is another algorithm', () => forge({ alg: 'ES384' })],
  ])('that %s is refused', async (_, make) => {
    await expectRefused(make(), failed);
  });

  it('of no kind, or a kind that is not known, is refused', async () => {
    await expectRefused(forge({ typ: undefined }), 'Illegal token');
    await expectRefused(forge({ typ: 'JWT' }), 'Illegal token');
    await expectRefused(forge({ typ: 'vnd.backstage.user2' }), 'Illegal token');
  });

  it('whose payload was changed is refused', async () => {
    const [header, payload, signature] = backend.signer.userToken().split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    await expectRefused(`${header}.${encode({ ...claims, sub: 'user:default/admin' })}.${signature}`, failed);
  });

  it('built from the identity proof of another user is refused', async () => {
    const { uip, iat, exp } = decodeJwt(backend.signer.userToken());
    const header = encode({ typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: backend.signer.kid });
    await expectRefused(
      `${header}.${encode({ sub: 'user:default/admin', iat, exp })}.${String(uip)}`,
      failed,
      '/api/reports/limited',
    );
  });

  it.each(['..', '.', 'a.b', '{}.{}.x', 'e30.e30.', `${'A'.repeat(9000)}.e30.x`])(
    'that is no token (%#) is refused',
    async (token) => {
      const { status } = await call(token);
      expect(status).toBe(401);
    },
  );
});

describe('a forged plugin token', () => {
  const failed = 'Failed plugin token verification';
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** As the plugin `billing` issues it. */
  async function issue(targetPluginId: string): Promise<string> {
    const { auth } = backend.billing;
    const onBehalfOf = await auth.getOwnServiceCredentials();
    return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
  }
  async function forgePlugin(payload: object, header: object = {}): Promise<string> {
    const good = await issue('reports');
    const content = `${encode({ ...decodeProtectedHeader(good), ...header })}.${encode({ ...decodeJwt(good), ...payload })}`;
    const signature = sign('sha256', Buffer.from(content), {
      key: own.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${content}.${signature.toString('base64url')}`;
  }

  it('made for another plugin is refused', async () => {
    await expectRefused(await issue('catalog'), failed);
  });

  it('signed by somebody else is refused', async () => {
    await expectRefused(await forgePlugin({}), failed);
  });

  it('of one plugin in the name of another is refused', async () => {
    const [header, , signature] = (await issue('reports')).split('.');
    const claims = { ...decodeJwt(await issue('reports')), sub: 'auth' };
    await expectRefused(`${header}.${encode(claims)}.${signature}`, failed);
  });

  it.each(['../auth', 'auth/../..', 'a b', '', 'http://127.0.0.1', '%2e%2e', 'x'.repeat(65), null, ['auth']])(
    'from the plugin %j is refused before any key is asked for',
    async (sub) => {
      backend.authPlugin.asked.length = 0;
      await expectRefused(await forgePlugin({ sub }), failed);
      expect(backend.authPlugin.asked).toEqual([]);
    },
  );

  it('signed with a key of the auth plugin is refused', async () => {
    const good = await issue('reports');
    const header = { ...decodeProtectedHeader(good), kid: backend.signer.kid };
    await expectRefused(backend.signer.sign(header, { ...decodeJwt(good), sub: 'auth' }), failed);
  });

  it('on behalf of a user who is made up, or of a plugin, is refused', async () => {
    // The caller is genuine here; only what it says of the user is not.
    const { auth } = backend.billing;
    const stranger = createTestSigner(backend.signer.kid);
    const { sub, iat, exp } = decodeJwt(backend.signer.userToken());
    const made = stranger.sign(
      { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: stranger.kid },
      { sub, iat, exp },
    );
    for (const [limited, message] of [
      [made, 'Failed user token verification'],
      [await issue('reports'), 'Invalid user token in plugin token obo claim'],
    ] as const) {
      const credentials = {
        $$type: '@backstage/BackstageCredentials' as const,
        principal: { type: 'user' as const, userEntityRef: sub },
      };
      const key = Object.getOwnPropertySymbols(await auth.authenticate(backend.signer.userToken()))[0];
      if (!key) throw new Error('credentials have no token');
      Object.defineProperty(credentials, key, { value: limited });
      const issued = auth.getPluginRequestToken({ onBehalfOf: credentials, targetPluginId: 'reports' });
      if (limited === made) await expectRefused((await issued).token, message);
      else await expect(issued).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' });
    }
  });
});

describe('a flood', () => {
  it('of unknown keys reads the key set at most 10 times a minute', async () => {
    backend.authPlugin.asked.length = 0;
    for (let i = 0; i < 40; i += 1) await call(forge({ kid: `made-up-${i}` }));
    expect(backend.authPlugin.asked.length).toBeLessThanOrEqual(10);
    expect((await call(backend.signer.userToken())).status).toBe(200);
  });

  it('of unknown plugins does not keep known ones out', async () => {
    const { auth } = backend.billing;
    const onBehalfOf = await auth.getOwnServiceCredentials();
    const good = (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'reports' })).token;
    expect((await call(good)).status).toBe(200);
    for (let i = 0; i < 60; i += 1) {
      const content = `${encode({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'x' })}.${encode({ sub: `stranger-${i}`, aud: 'reports', iat: 1, exp: nowSeconds() + 60 })}`;
      expect((await call(`${content}.${'A'.repeat(86)}`)).status).toBe(401);
    }
    expect((await call(good)).status).toBe(200);
  });
});

it('no token that was refused stands in the log', () => {
  const log = backend.log.join('\n');
  expect(tried.length).toBeGreaterThan(50);
  for (const token of tried.filter((one) => one.length > 20)) expect(log).not.toContain(token);
});
