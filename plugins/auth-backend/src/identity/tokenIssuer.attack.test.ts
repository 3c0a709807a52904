/** Attacks on our tokens: forged, of the wrong kind, too large. */
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { migrate } from '@vestibule/database-migrations';
import { testDatabases, type TestDatabase } from '@vestibule/backend-test-utils';
import { SignJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import type { TokenIssuerService } from '@vestibule/plugin-auth-node';
import { migrations, tables } from '../database/migrations.ts';
import { openSigningKeys } from '../keys/signingKeys.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import { createTokenIssuer } from './tokenIssuer.ts';
import type { OpenSigningKeys } from '../keys/signingKeys.ts';
import { createSealing } from '../testing/sealing.ts';

const issuer = 'https://portal.example.com/api/auth';
const jane = { sub: 'user:default/jane', ent: ['user:default/jane'], additional: {} };
let database: TestDatabase;
let keys: OpenSigningKeys;
let tokens: TokenIssuerService;
let now = Date.now();
beforeAll(async () => {
  database = (await testDatabases())[0]!;
  const knex = await database.connect('auth');
  await migrate(knex, { table: tables.migrations, migrations });
  keys = await openSigningKeys({
    database: knex,
    sealing: createSealing('a secret of the test'),
    algorithm: 'ES256',
    logger: silentLogger,
    clock: { now: () => now },
  });
  tokens = createTokenIssuer({
    keys,
    issuer,
    lifetimeSeconds: 3600,
    omitOwnership: false,
    clock: { now: () => now },
  });
});
afterAll(async () => {
  keys.stop();
  await database.cleanup();
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('verification refuses', () => {
  it.each(['none', 'None', ''])('a token without a signature, alg %p', async (alg) => {
    const { kid } = keys.active();
    const [, payload] = (await tokens.issue(jane)).token.split('.');
    const forged = `${encode({ typ: 'vnd.backstage.user', alg, kid })}.${payload}.`;
    expect(await tokens.verify(forged)).toBeUndefined();
  });

  it('a token that takes the public key for an HMAC secret', async () => {
    const { kid } = keys.active();
    const { publicKey } = (await keys.find(kid))!;
    const [, payload] = (await tokens.issue(jane)).token.split('.');
    const input = `${encode({ typ: 'vnd.backstage.user', alg: 'HS256', kid })}.${payload}`;
    const pem = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).export({
      format: 'pem',
      type: 'spki',
    });
    expect(
      await tokens.verify(`${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`),
    ).toBeUndefined();
  });

  it('a token of a foreign key, even one that the token brings along', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kid } = keys.active();
    const forged = await new SignJWT({ ...jane, uip: 'x' })
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'vnd.backstage.user',
        kid,
        jwk: publicKey.export({ format: 'jwk' }),
      })
      .setIssuer(issuer)
      .setAudience('backstage')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    expect(await tokens.verify(forged)).toBeUndefined();
  });

  it.each([
    ['of a service', { typ: 'vnd.backstage.plugin' }, {}],
    ['of no type', { typ: undefined }, {}],
    ['of another issuer', {}, { iss: 'https://evil.example' }],
    ['for another audience', {}, { aud: 'somebody' }],
    ['without an expiry', {}, { exp: undefined }],
    ['without a subject', {}, { sub: undefined }],
    ['with an extension that must be understood', { crit: ['x'], x: 1 }, {}],
  ])('a token %s, signed with our key', async (_, header, claims) => {
    const { kid, sign } = keys.active();
    const iat = Math.floor(now / 1000);
    const payload = { iss: issuer, sub: jane.sub, aud: 'backstage', iat, exp: iat + 60, ...claims };
    const input = [{ typ: 'vnd.backstage.user', alg: 'ES256', kid, ...header }, payload]
      .map(encode)
      .join('.');
    const signature = Buffer.from(await sign(Buffer.from(input))).toString('base64url');
    expect(await tokens.verify(`${input}.${signature}`)).toBeUndefined();
  });

  it('a token that it has verified before, from when it expires, its key is gone, or a byte of it is another', async () => {
    let isWithdrawn = false;
    const issued = createTokenIssuer({
      keys: {
        active: () => keys.active(),
        find: async (kid) => (isWithdrawn ? undefined : keys.find(kid)),
      },
      issuer,
      lifetimeSeconds: 3600,
      omitOwnership: true,
      clock: { now: () => now },
    });
    const { token } = await issued.issue(jane);
    for (let time = 0; time < 3; time += 1)
      expect(await issued.verify(token)).toEqual({ sub: jane.sub, isLimited: false });
    const [header, payload, signature = ''] = token.split('.');
    const other = { ...decodeJwt(token), sub: 'user:default/boss' };
    expect(await issued.verify(`${header}.${encode(other)}.${signature}`)).toBeUndefined();
    const flipped = signature.startsWith('A') ? 'B' : 'A';
    expect(await issued.verify(`${header}.${payload}.${flipped}${signature.slice(1)}`)).toBeUndefined();
    isWithdrawn = true;
    expect(await issued.verify(token)).toBeUndefined();
    isWithdrawn = false;
    now += 3_600_000;
    expect(await issued.verify(token)).toBeUndefined();
    now -= 3_600_000;
  });

  it.each([
    ['not valid yet', { nbf: 10_000_000_000 }],
    ['with a time that is none', { exp: '10000000000' }],
    ['with a start that is none', { nbf: 'now' }],
    ['with a start of nothing', { nbf: null }],
    ['issued at no time', { iat: 'now' }],
    ['whose subject is no text', { sub: 7 }],
    ['without an audience', { aud: undefined }],
  ])('a token %s, signed with our key', async (_, claims) => {
    const { kid, sign } = keys.active();
    const iat = Math.floor(now / 1000);
    const payload = { iss: issuer, sub: jane.sub, aud: 'backstage', iat, exp: iat + 60, ...claims };
    const input = [{ typ: 'vnd.backstage.user', alg: 'ES256', kid }, payload].map(encode).join('.');
    const signature = Buffer.from(await sign(Buffer.from(input))).toString('base64url');
    expect(await tokens.verify(`${input}.${signature}`)).toBeUndefined();
  });

  it('a token whose signature is written in another way', async () => {
    const { token } = await tokens.issue(jane);
    const end = token.lastIndexOf('.');
    const signature = token.slice(end + 1);
    const standard = Buffer.from(signature, 'base64url').toString('base64');
    const spellings = ['=', '!', '=AAAA', 'é', '\ud800'].map((more) => signature + more);
    for (const other of [...spellings, standard, `${signature.slice(0, 9)}!!${signature.slice(9)}`])
      expect(await tokens.verify(`${token.slice(0, end)}.${other}`)).toBeUndefined();
  });

  it('a token that has expired', async () => {
    const { token } = await tokens.issue(jane);
    now += 3_601_000;
    expect(await tokens.verify(token)).toBeUndefined();
    now -= 3_601_000;
    expect(await tokens.verify(token)).toEqual({ sub: jane.sub, isLimited: false });
  });

  it.each(['', 'a', 'a.b', 'a.b.c', '..', 'e30.e30.e30'])('%p', async (token) => {
    expect(await tokens.verify(token)).toBeUndefined();
  });
});

describe('issuing', () => {
  it('waits for a key that does not answer for five seconds, and no longer', async () => {
    jest.useFakeTimers();
    try {
      const hanging = createTokenIssuer({
        keys: {
          active: () => ({ kid: 'a', algorithm: 'ES256', sign: async () => new Promise(() => undefined) }),
          find: async () => Promise.resolve(undefined),
        },
        issuer,
        lifetimeSeconds: 3600,
        omitOwnership: true,
        clock: { now: () => now },
      });
      const issued = hanging.issue(jane);
      issued.catch(() => undefined);
      await jest.advanceTimersByTimeAsync(5000);
      await expect(issued).rejects.toMatchObject({ code: 'ERR_AUTH_UNAVAILABLE' });
    } finally {
      jest.useRealTimers();
    }
  });

  it('refuses a token that is too large, and names the number of references', async () => {
    const ent = Array.from({ length: 1000 }, (_, index) => `group:default/a-group-with-a-long-name-${index}`);
    await expect(tokens.issue({ ...jane, ent })).rejects.toEqual(
      expect.objectContaining({
        code: 'ERR_TOKEN_TOO_LARGE',
        hint: expect.stringContaining('1000 ownership references'),
      }),
    );
  });

  it('always says type, algorithm, audience and expiry', async () => {
    const hostile = {
      aud: 'somebody',
      exp: 0,
      iss: 'https://evil.example',
      uip: 'x',
      sub: 'user:default/boss',
    };
    for (const additional of [{}, hostile, { exp: undefined, aud: undefined }]) {
      const { token } = await tokens.issue({ ...jane, additional });
      expect(decodeProtectedHeader(token)).toEqual({
        typ: 'vnd.backstage.user',
        alg: 'ES256',
        kid: keys.active().kid,
      });
      const iat = Math.floor(now / 1000);
      expect(decodeJwt(token)).toMatchObject({
        iss: issuer,
        sub: jane.sub,
        aud: 'backstage',
        iat,
        exp: iat + 3600,
        uip: expect.stringMatching(/^[\w-]{86}$/),
      });
    }
  });

  it('lets no claim of a resolver make a token that of a client, or hide that it is one', async () => {
    const client = { id: 'https://client.example/client.json' };
    for (const additional of [
      { azp: 'somebody' },
      { azp: 'somebody', aud: ['backstage', 'somebody'] },
      { azp: 7 },
    ]) {
      const ofSignIn = await tokens.issue({ ...jane, additional });
      expect(await tokens.verify(ofSignIn.token)).toEqual({ sub: jane.sub, isLimited: false });
      const ofClient = await tokens.issue({ ...jane, additional, client });
      expect(await tokens.verify(ofClient.token)).toMatchObject({ clientId: client.id });
    }
  });
});
