import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { systemClock } from '@vestibule/backend-plugin-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { createTestLogger } from '../../http/testing/startHttp.ts';
import { createRemoteKeySet } from '../remoteKeySet.ts';
import { createTestSigner } from '../testing/authPlugin.ts';
import { startIssuer, testIssuerName, type TestIssuer } from '../testing/issuer.ts';
import { startBackend, type TestBackend } from '../testing/startBackend.ts';
import { createJwksTokens } from './jwksTokens.ts';

const staticToken = 'token-of-the-robot-0123456789';
const legacySecret = Buffer.alloc(32, 'legacy').toString('base64');
const legacyKey = Buffer.from(legacySecret, 'base64');

let issuer: TestIssuer;
let backend: TestBackend;
const tried: string[] = [];
beforeAll(async () => {
  issuer = await startIssuer();
  backend = await startBackend({
    backend: {
      auth: {
        externalAccess: [
          {
            type: 'jwks',
            options: { url: issuer.url, issuer: testIssuerName, audience: 'portal', algorithm: 'ES256' },
          },
          { type: 'static', options: { token: staticToken, subject: 'robot' } },
          {
            type: 'legacy',
            options: { secret: legacySecret, subject: 'legacy-caller' },
            accessRestrictions: [{ plugin: 'billing' }],
          },
        ],
      },
    },
  });
});
afterAll(async () => Promise.all([backend.stop(), issuer.stop()]));
beforeEach(() => {
  issuer.keys = [issuer.signer.publicKey];
  delete issuer.answer;
  issuer.asked = 0;
});

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

function hmacToken(header: object, claims: object, key: string | Buffer, hash = 'sha256'): string {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${createHmac(hash, key).update(content).digest('base64url')}`;
}
const legacyClaims = (): object => ({ sub: 'backstage-server', exp: nowSeconds() + 600 });

async function call(token: string, plugin = 'reports'): Promise<{ status: number; text: string }> {
  tried.push(token);
  const response = await fetch(`${backend.url}/api/${plugin}/`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, text: await response.text() };
}

async function expectRefused(token: string, message = 'Illegal token', plugin?: string): Promise<void> {
  const { status, text } = await call(token, plugin);
  const { error } = JSON.parse(text) as { error: { message: string } };
  expect([status, error.message]).toEqual([401, message]);
}

describe("a token of an outside issuer's", () => {
  const claims = (): object => ({
    iss: testIssuerName,
    aud: 'portal',
    sub: 'robot-7',
    exp: nowSeconds() + 600,
  });

  it('that is signed with a published key as if it were a shared secret is refused', async () => {
    await call(issuer.token());
    const { kid, publicKey } = issuer.signer;
    const pem = createPublicKey({ key: publicKey as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    for (const key of [pem.toString(), JSON.stringify(publicKey), String(publicKey['x']), '']) {
      for (const [alg, hash] of [
        ['HS256', 'sha256'],
        ['HS512', 'sha512'],
      ] as const) {
        await expectRefused(hmacToken({ alg, kid }, claims(), key, hash));
      }
    }
  });

  it('that is signed with a shared secret out of the key set is refused', async () => {
    const key = Buffer.alloc(32, 'k');
    issuer.keys = [{ kty: 'oct', k: key.toString('base64url'), kid: 'shared', alg: 'HS256' }];
    await expectRefused(hmacToken({ alg: 'HS256', kid: 'shared' }, claims(), key));
  });

  it('without a signature, or with a key of its own, is refused', async () => {
    const { kid } = issuer.signer;
    const stranger = createTestSigner(kid);
    await expectRefused(`${encode({ alg: 'none', kid })}.${encode(claims())}.`);
    await expectRefused(issuer.token({}, {}, stranger));
    await expectRefused(issuer.token({}, { jwk: stranger.publicKey }, stranger));
    await expectRefused(issuer.token({}, { jku: 'http://127.0.0.1:1/jwks' }, stranger));
    await expectRefused(issuer.token({}, { crit: ['exp'] }));
  });

  it.each([
    ['is for somebody else', { aud: 'elsewhere' }],
    ['is for nobody', { aud: undefined }],
    ['is of another issuer', { iss: 'https://issuer.test.evil.test' }],
    ['is of no issuer', { iss: undefined }],
    ['has several issuers', { iss: [testIssuerName] }],
    ['has ended', { exp: 1 }],
    ['has an end that is no number', { exp: 'never' }],
    ['is not yet valid', { nbf: 4_000_000_000 }],
    ['has no subject', { sub: undefined }],
    ['has an empty subject', { sub: '' }],
    ['has a subject that is no text', { sub: { name: 'robot' } }],
  ])('that %s is refused', async (_, changed) => {
    await expectRefused(issuer.token(changed));
  });

  it('is never a user, a limited user or a plugin, whatever it says it is', async () => {
    for (const typ of ['vnd.backstage.user', 'vnd.backstage.limited-user']) {
      await expectRefused(issuer.token({ aud: 'backstage' }, { typ }), 'Failed user token verification');
    }
    const typ = 'vnd.backstage.plugin';
    await expectRefused(
      issuer.token({ sub: 'billing', aud: 'reports' }, { typ }),
      'Failed plugin token verification',
    );
  });

  it('is remembered no longer than it lasts', async () => {
    let clock = Date.now();
    const http = createOutboundHttp();
    const clockService = { now: () => clock };
    const keySet = createRemoteKeySet({
      url: async () => issuer.url,
      isConfigured: true,
      http,
      logger: createTestLogger(),
      clock: clockService,
    });
    const tokens = createJwksTokens({ url: issuer.url }, keySet, clockService);
    const token = issuer.token({ exp: nowSeconds() + 60 });
    expect(await tokens.verify(token)).toBe('external:robot-7');
    clock += 61_000;
    expect(await tokens.verify(token)).toBeUndefined();
    await http.close();
  });
});

describe('the key set of an outside issuer', () => {
  it('is not asked for by tokens that are not meant for it', async () => {
    await call(issuer.token());
    issuer.asked = 0;
    const stranger = createTestSigner();
    for (let i = 0; i < 20; i += 1) {
      await expectRefused(issuer.token({ iss: `https://stranger-${i}.test` }, {}, stranger));
      await expectRefused(issuer.token({ aud: `stranger-${i}` }, {}, stranger));
      await expectRefused(hmacToken({ alg: 'HS256', kid: `x${i}` }, legacyClaims(), `stranger-${i}`));
    }
    expect(issuer.asked).toBe(0);
  });

  it('is read at most 10 times a minute for keys that do not exist', async () => {
    await call(issuer.token());
    for (let i = 0; i < 40; i += 1) await expectRefused(issuer.token({}, { kid: `made-up-${i}` }));
    expect(issuer.asked).toBeLessThanOrEqual(10);
    expect((await call(issuer.token())).status).toBe(200);
  });

  it.each([
    ['is too large', (response: ServerResponse) => void response.end(Buffer.alloc(2_000_000, ' '))],
    [
      'is elsewhere',
      (response: ServerResponse) =>
        void response.writeHead(302, { location: '/keys-of-somebody-else' }).end(),
    ],
    ['never comes', () => undefined],
  ])('that %s is given up, and the answer says that nothing is known', async (_, answer) => {
    const own = await startIssuer();
    own.answer = answer;
    const http = createOutboundHttp({ timeoutMilliseconds: 200 });
    const keySet = createRemoteKeySet({
      url: async () => own.url,
      isConfigured: true,
      http,
      logger: createTestLogger(),
      clock: systemClock,
    });
    const tokens = createJwksTokens({ url: own.url }, keySet, systemClock);
    await expect(tokens.verify(own.token())).rejects.toMatchObject({ code: 'ERR_TOKEN_KEYS_UNAVAILABLE' });
    expect(own.asked).toBe(1);
    await Promise.all([http.close(), own.stop()]);
  });
});

describe('a legacy secret', () => {
  it.each([
    ['with another algorithm', () => hmacToken({ alg: 'HS512' }, legacyClaims(), legacyKey, 'sha512')],
    ['with no algorithm', () => `${encode({ alg: 'none' })}.${encode(legacyClaims())}.`],
    ['that differs by one bit', () => hmacToken({ alg: 'HS256' }, legacyClaims(), flipped(legacyKey))],
    ['as it stands in the config', () => hmacToken({ alg: 'HS256' }, legacyClaims(), legacySecret)],
    [
      'for a token that has ended',
      () => hmacToken({ alg: 'HS256' }, { ...legacyClaims(), exp: 1 }, legacyKey),
    ],
    [
      'for another subject',
      () => hmacToken({ alg: 'HS256' }, { ...legacyClaims(), sub: 'user:default/jane' }, legacyKey),
    ],
    ['for an audience', () => hmacToken({ alg: 'HS256' }, { ...legacyClaims(), aud: 'billing' }, legacyKey)],
    ['sent in place of a token', () => legacySecret],
  ])('%s lets nobody in', async (_, make) => {
    await expectRefused(make(), 'Illegal token', 'billing');
  });

  it('makes no user and no plugin', async () => {
    const claims = { ...legacyClaims(), iat: nowSeconds(), aud: 'backstage' };
    const token = (typ: string, sub: string, aud: string): string =>
      hmacToken({ alg: 'HS256', typ, kid: backend.signer.kid }, { ...claims, sub, aud }, legacyKey);
    await expectRefused(
      token('vnd.backstage.user', 'user:default/jane', 'backstage'),
      'Failed user token verification',
    );
    await expectRefused(
      token('vnd.backstage.plugin', 'billing', 'reports'),
      'Failed plugin token verification',
    );
  });

  it('that is restricted to one plugin opens no other', async () => {
    const token = hmacToken({ alg: 'HS256' }, legacyClaims(), legacyKey);
    expect((await call(token, 'billing')).status).toBe(200);
    const { status, text } = await call(token, 'reports');
    expect([status, (JSON.parse(text) as { error: { code: string } }).error.code]).toEqual([
      403,
      'ERR_ACCESS_RESTRICTED',
    ]);
  });
});

describe('a static token', () => {
  it.each([
    ['its beginning', staticToken.slice(0, -1)],
    ['more than it', `${staticToken}0`],
    ['another case of it', staticToken.toUpperCase()],
    ['as many other characters', 'x'.repeat(staticToken.length)],
    ['its digest', createHmac('sha256', '').update(staticToken).digest('base64')],
  ])('is not replaced by %s', async (_, token) => {
    await expectRefused(token);
  });
});

it('no token of an outside caller stands in the log, accepted or refused', async () => {
  expect((await call(staticToken)).status).toBe(200);
  const log = backend.log.join('\n');
  expect(tried.length).toBeGreaterThan(100);
  for (const token of tried.filter((one) => one.length > 20)) expect(log).not.toContain(token);
  expect(log).not.toContain(legacySecret);
});

function flipped(key: Buffer): Buffer {
  const other = Buffer.from(key);
  other[0] = (other[0] ?? 0) ^ 1;
  return other;
}
