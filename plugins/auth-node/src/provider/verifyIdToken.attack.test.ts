import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startScriptedOpenIdProvider,
  type HonestIdToken,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { createProviderKeySet, type ProviderKeySet } from './providerKeySet.ts';
import {
  verifyIdToken,
  type IdTokenAlgorithm,
  type IdTokenClaims,
  type IdTokenExpectations,
} from './verifyIdToken.ts';

const nonce = 'the-nonce-of-this-attempt';

let provider: ScriptedOpenIdProvider;
let http: OutboundHttp;
let keySet: ProviderKeySet;
let clock = Date.now();
const now = (): number => clock;

beforeAll(async () => {
  http = createOutboundHttp();
  provider = await startScriptedOpenIdProvider({ now });
  keySet = keySetOf(provider);
});

afterEach(() => {
  provider.scripts = {};
  provider.idTokenScript = undefined;
  provider.requests.length = 0;
});

afterAll(async () => {
  await provider.close();
  await http.close();
});

function keySetOf({ issuer }: ScriptedOpenIdProvider, timeoutMilliseconds = 5000): ProviderKeySet {
  return createProviderKeySet({ jwksUri: `${issuer}/keys`, http, timeoutMilliseconds, now });
}

/** Signs in at the provider and gives what its token endpoint answered. */
async function login(from: ScriptedOpenIdProvider): Promise<{ idToken: string; accessToken: string }> {
  const callbackUrl = 'http://127.0.0.1/callback';
  const query = new URLSearchParams({
    client_id: from.clientId,
    redirect_uri: callbackUrl,
    nonce,
    state: 'x',
  });
  const code = (await from.authorize(`${from.issuer}/authorization?${query.toString()}`)).searchParams.get(
    'code',
  );
  const response = await fetch(`${from.issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${from.clientId}:${from.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: callbackUrl,
    }),
  });
  const body = (await response.json()) as { id_token: string; access_token: string };
  return { idToken: body.id_token, accessToken: body.access_token };
}

/** Logs in with the ID token that the script makes, and verifies it. */
async function verify(
  script?: (honest: HonestIdToken) => Promise<string>,
  expected: Partial<IdTokenExpectations> = {},
): Promise<IdTokenClaims> {
  provider.idTokenScript = script;
  const { idToken, accessToken } = await login(provider);
  return verifyIdToken(idToken, {
    keySet,
    issuer: provider.issuer,
    clientId: provider.clientId,
    algorithms: ['RS256'],
    nonce,
    accessToken,
    now,
    signal: AbortSignal.timeout(10_000),
    ...expected,
  });
}

function withClaims(changes: Record<string, unknown>) {
  return ({ header, claims, sign }: HonestIdToken): Promise<string> =>
    sign(header, { ...claims, ...changes });
}

function withHeader(changes: Record<string, unknown>) {
  return ({ header, claims, sign }: HonestIdToken): Promise<string> =>
    sign({ ...header, ...changes }, claims);
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** How a failed check is told: one code, one sentence, the check for the operator only. */
function refusal(check: string): object {
  return expect.objectContaining({
    code: 'ERR_PROVIDER_ANSWER_INVALID',
    name: 'AuthenticationError',
    message: "The sign-in provider's answer could not be verified.",
    hint: expect.stringContaining(`ID token ${check}`),
  });
}

const seconds = (): number => Math.floor(now() / 1000);

describe('an honest ID token', () => {
  it('is accepted, and its claims are given', async () => {
    await expect(verify()).resolves.toMatchObject({
      iss: provider.issuer,
      sub: 'jane-123',
      aud: 'test-client',
      nonce,
    });
  });

  it.each(['ES256', 'ES384', 'PS256', 'Ed25519'] as IdTokenAlgorithm[])(
    'is accepted with %s where the config names it, at_hash included',
    async (algorithm) => {
      const other = await startScriptedOpenIdProvider({ algorithm: algorithm as 'ES256', now });
      try {
        const { idToken, accessToken } = await login(other);
        const expected = {
          keySet: keySetOf(other),
          issuer: other.issuer,
          clientId: other.clientId,
          nonce,
          accessToken,
          now,
          signal: AbortSignal.timeout(10_000),
        };
        await expect(verifyIdToken(idToken, { ...expected, algorithms: [algorithm] })).resolves.toMatchObject(
          {
            sub: 'jane-123',
          },
        );
        await expect(verifyIdToken(idToken, { ...expected, algorithms: ['RS256'] })).rejects.toEqual(
          refusal('alg'),
        );
      } finally {
        await other.close();
      }
    },
  );

  it.each([
    [
      'names this client among its audiences and as its authorized party',
      { aud: ['test-client', 'other'], azp: 'test-client' },
    ],
    ['has its audience in a list of one', { aud: ['test-client'] }],
    [
      'was issued by a clock that is 59 s ahead',
      { iat: seconds() + 59, nbf: seconds() + 59, exp: seconds() + 359 },
    ],
    ['carries no at_hash', { at_hash: undefined }],
    ['has optional claims that are null', { at_hash: null, azp: null, nbf: null, auth_time: null }],
    ['has optional claims that are empty', { at_hash: '', azp: '', nbf: '', auth_time: '' }],
  ])('is accepted when it %s', async (_title, changes) => {
    await expect(verify(withClaims(changes))).resolves.toMatchObject({ sub: 'jane-123' });
  });

  it('is accepted without typ, and with the media type spelt out', async () => {
    await expect(verify(withHeader({ typ: undefined }))).resolves.toBeDefined();
    await expect(verify(withHeader({ typ: 'application/JWT' }))).resolves.toBeDefined();
  });
});

describe('an ID token is refused when its signature', () => {
  it('is missing, with alg none', async () => {
    await expect(
      verify(async ({ header, claims }) => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`),
    ).rejects.toEqual(refusal('alg'));
  });

  it.each(['None', 'NONE', 'nOnE', ''])('is missing, with alg spelt %p', async (alg) => {
    await expect(
      verify(async ({ header, claims }) => `${encode({ ...header, alg })}.${encode(claims)}.`),
    ).rejects.toEqual(refusal('alg'));
  });

  it('is empty, with the right alg', async () => {
    await expect(
      verify(async ({ header, claims }) => `${encode(header)}.${encode(claims)}.`),
    ).rejects.toEqual(refusal('signature'));
  });

  it('is an HMAC with the public key or the client secret as its secret', async () => {
    const published = (await (await fetch(`${provider.issuer}/keys`)).json()) as { keys: object[] };
    for (const secret of [JSON.stringify(published.keys[0]), provider.clientSecret ?? '']) {
      const token = ({ header, claims, sign }: HonestIdToken): Promise<string> =>
        sign({ ...header, alg: 'HS256' }, claims, new TextEncoder().encode(secret.padEnd(64, ' ')));
      await expect(verify(token)).rejects.toEqual(refusal('alg'));
      // Not even config can allow it: the key set holds no symmetric key.
      await expect(verify(token, { algorithms: ['HS256' as IdTokenAlgorithm] })).rejects.toEqual(
        refusal('signature'),
      );
    }
  });

  it("was made with a key of the attacker's under the provider's kid", async () => {
    const { privateKey } = await generateKeyPair('RS256');
    await expect(verify(({ header, claims, sign }) => sign(header, claims, privateKey))).rejects.toEqual(
      refusal('signature'),
    );
  });

  it('belongs to other claims', async () => {
    await expect(
      verify(async ({ header, claims, sign }) => {
        const [head = '', , signature = ''] = (await sign(header, claims)).split('.');
        return `${head}.${encode({ ...claims, sub: 'somebody-else' })}.${signature}`;
      }),
    ).rejects.toEqual(refusal('signature'));
  });

  it('was made with an allowed key and another algorithm than the configured one', async () => {
    const { privateKey } = await generateKeyPair('PS256');
    await expect(
      verify(({ header, claims, sign }) => sign({ ...header, alg: 'PS256' }, claims, privateKey)),
    ).rejects.toEqual(refusal('alg'));
  });

  it('was made with an RSA key of 1024 bits, although the provider publishes it', async () => {
    const { createSign, generateKeyPairSync } = await import('node:crypto');
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    provider.scripts.keys = (honest) => ({
      ...honest,
      body: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256', use: 'sig' }] },
    });
    const weakly = async ({ header, claims }: HonestIdToken): Promise<string> => {
      const input = `${encode({ ...header, kid: 'weak' })}.${encode(claims)}`;
      return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url')}`;
    };
    await expect(verify(weakly, { keySet: keySetOf(provider) })).rejects.toEqual(refusal('signature'));
  });
});

describe("an ID token is refused when its header brings the attacker's key", () => {
  const attacker = generateKeyPair('RS256');

  it.each(['jwk', 'jku', 'x5u', 'crit'])('by %s', async (name) => {
    const { privateKey, publicKey } = await attacker;
    const value = {
      jwk: await exportJWK(publicKey),
      jku: `${provider.issuer}/evil`,
      x5u: `${provider.issuer}/evil`,
      crit: ['b64'],
    }[name];
    const forge = async ({ header, claims }: HonestIdToken): Promise<string> => {
      const input = `${encode({ ...header, [name]: value, b64: true })}.${encode(claims)}`;
      const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(input));
      return `${input}.${Buffer.from(signature).toString('base64url')}`;
    };
    await expect(verify(forge)).rejects.toEqual(refusal(`header ${name}`));
    expect(provider.requests.map(({ url }) => url.pathname)).not.toContain('/evil');
  });

  it.each(['at+jwt', 'logout+jwt', 'vnd.backstage.user', 7])(
    'or when it is a token of another kind: typ %p',
    async (typ) => {
      await expect(verify(withHeader({ typ }))).rejects.toEqual(refusal('header typ'));
    },
  );
});

describe('a correctly signed ID token is refused when', () => {
  const other = 'https://other.example.com';
  it.each<[string, string, Record<string, unknown>]>([
    ['iss is another issuer', 'iss', { iss: other }],
    ['iss is missing', 'iss', { iss: undefined }],
    ['iss is a list', 'iss', { iss: [other] }],
    ['aud is another client', 'aud', { aud: 'other-client' }],
    ['aud contains the client id as a part', 'aud', { aud: 'test-client-2' }],
    ['aud is missing', 'aud', { aud: undefined }],
    ['aud is empty', 'aud', { aud: [] }],
    ['aud holds something else than text', 'aud', { aud: ['test-client', 7], azp: 'test-client' }],
    ['it has several audiences and no azp', 'azp', { aud: ['test-client', 'other'] }],
    ['azp is another client', 'azp', { azp: 'other-client' }],
    ['azp is another client of several audiences', 'azp', { aud: ['test-client', 'other'], azp: 'other' }],
    ['exp has passed', 'exp', { exp: seconds() - 1 }],
    ['exp is missing', 'exp', { exp: undefined }],
    ['exp is text', 'exp', { exp: '9999999999' }],
    ['iat is more than 60 s in the future', 'iat', { iat: seconds() + 120 }],
    ['iat is missing', 'iat', { iat: undefined }],
    ['iat is text', 'iat', { iat: String(seconds()) }],
    ['nbf is in the future', 'nbf', { nbf: seconds() + 120 }],
    ['nonce is that of another attempt', 'nonce', { nonce: 'another' }],
    ['nonce is missing', 'nonce', { nonce: undefined }],
    ['nonce is a list that holds the right one', 'nonce', { nonce: [nonce] }],
    ['sub is missing', 'sub', { sub: undefined }],
    ['sub is empty', 'sub', { sub: '' }],
    ['sub is a number', 'sub', { sub: 123 }],
    ['sub is null', 'sub', { sub: null }],
    ['sub is longer than 255 characters', 'sub', { sub: 'x'.repeat(256) }],
    ['at_hash is that of another access token', 'at_hash', { at_hash: hashOf('another') }],
    ['at_hash is a number', 'at_hash', { at_hash: 1 }],
  ])('%s', async (_title, check, changes) => {
    await expect(verify(withClaims(changes))).rejects.toEqual(refusal(check));
  });

  it('iss differs by a slash at its end', async () => {
    await expect(verify(withClaims({ iss: `${provider.issuer}/` }))).rejects.toEqual(refusal('iss'));
  });

  it('it is that of another person at a refresh', async () => {
    await expect(verify(undefined, { subject: 'somebody-else' })).rejects.toEqual(refusal('sub'));
  });

  it('its payload is no JSON object', async () => {
    for (const payload of ['[]', '"text"', 'null', '{', '']) {
      await expect(verify(({ header, sign }) => sign(header, payload))).rejects.toEqual(refusal('payload'));
    }
  });

  it('max_age was asked for and auth_time is too old or missing', async () => {
    const expected = { maxAgeSeconds: 300 };
    await expect(verify(withClaims({ auth_time: seconds() - 300 }), expected)).resolves.toBeDefined();
    await expect(verify(withClaims({ auth_time: seconds() - 420 }), expected)).rejects.toEqual(
      refusal('auth_time'),
    );
    await expect(verify(withClaims({ auth_time: undefined }), expected)).rejects.toEqual(
      refusal('auth_time'),
    );
  });

  it('it expired while it was on its way', async () => {
    provider.idTokenScript = undefined;
    const { idToken } = await login(provider);
    const expected = {
      keySet,
      issuer: provider.issuer,
      clientId: 'test-client',
      algorithms: ['RS256'] as const,
      nonce,
    };
    const signal = AbortSignal.timeout(10_000);
    await expect(
      verifyIdToken(idToken, { ...expected, now: () => clock + 299_000, signal }),
    ).resolves.toBeDefined();
    await expect(verifyIdToken(idToken, { ...expected, now: () => clock + 301_000, signal })).rejects.toEqual(
      refusal('exp'),
    );
  });
});

describe('at a refresh the nonce', () => {
  it('may be absent, may be the same, and may not be another', async () => {
    const expected = { nonce: { ifPresent: nonce } };
    await expect(verify(undefined, expected)).resolves.toBeDefined();
    await expect(verify(withClaims({ nonce: undefined }), expected)).resolves.toBeDefined();
    await expect(verify(withClaims({ nonce: 'another' }), expected)).rejects.toEqual(refusal('nonce'));
  });

  it('of a sign-in is never optional: an empty one matches nothing', async () => {
    await expect(verify(withClaims({ nonce: '' }), { nonce: '' })).rejects.toEqual(refusal('nonce'));
  });
});

describe('what is no compact JWS', () => {
  it.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d.e', '..', `${'A'.repeat(5000)}.A.A`])(
    'is refused: %s',
    async (token) => {
      const error = await verify(async () => token || ' ').catch((caught: unknown) => caught);
      expect(error).toEqual(refusal('form'));
    },
  );

  it('does not reach the message, the hint or the cause of the error', async () => {
    const error = await verify(withClaims({ sub: '', email: 'secret@example.com' })).catch(
      (caught: unknown) => caught,
    );
    expect(JSON.stringify([error, String(error), (error as Error).cause])).not.toContain(
      'secret@example.com',
    );
    expect((error as Error).cause).toBeUndefined();
  });
});

describe("the provider's keys", () => {
  it('are read again at once for an unknown kid, so that a rotation during a login succeeds', async () => {
    const rotating = await startScriptedOpenIdProvider({ algorithm: 'ES256', now });
    try {
      const keys = keySetOf(rotating);
      const expected = {
        keySet: keys,
        issuer: rotating.issuer,
        clientId: rotating.clientId,
        algorithms: ['ES256'] as const,
        nonce,
        now,
        signal: AbortSignal.timeout(10_000),
      };
      const before = await login(rotating);
      await expect(verifyIdToken(before.idToken, expected)).resolves.toBeDefined();
      await rotating.rotateKeys();
      const after = await login(rotating);
      await expect(verifyIdToken(after.idToken, expected)).resolves.toBeDefined();
      expect(rotating.requests.filter(({ endpoint }) => endpoint === 'keys')).toHaveLength(2);
      // The key that is no longer published counts no longer.
      await expect(verifyIdToken(before.idToken, expected)).rejects.toEqual(refusal('signature'));
    } finally {
      await rotating.close();
    }
  });

  it('are not read more than ten times a minute, however many unknown kids arrive', async () => {
    const keys = keySetOf(provider);
    const script = withHeader({ kid: 'unknown' });
    for (let attempt = 0; attempt < 15; attempt += 1) {
      await expect(verify(script, { keySet: keys })).rejects.toEqual(refusal('signature'));
    }
    expect(provider.requests.filter(({ endpoint }) => endpoint === 'keys')).toHaveLength(1 + 10);
    clock += 61_000;
    await expect(verify(script, { keySet: keys })).rejects.toEqual(refusal('signature'));
    expect(provider.requests.filter(({ endpoint }) => endpoint === 'keys')).toHaveLength(1 + 11);
  });

  it('are kept while they cannot be read again', async () => {
    const keys = keySetOf(provider);
    await expect(verify(undefined, { keySet: keys })).resolves.toBeDefined();
    provider.scripts.keys = () => 'reset';
    clock += 11 * 60_000;
    await expect(verify(undefined, { keySet: keys })).resolves.toBeDefined();
  });

  const outage = { code: 'ERR_PROVIDER_UNAVAILABLE', name: 'ServiceUnavailableError' };
  const unreadable = { code: 'ERR_PROVIDER_ANSWER_UNREADABLE', name: 'Error' };

  it.each<[string, object, () => void]>([
    ['cannot be reached', outage, () => (provider.scripts.keys = () => 'reset')],
    ['never come', outage, () => (provider.scripts.keys = () => 'hang')],
    ['are an error', outage, () => (provider.scripts.keys = (honest) => ({ ...honest, status: 500 }))],
    [
      'are refused',
      unreadable,
      () => (provider.scripts.keys = (honest) => ({ ...honest, status: 403, body: { error: 'no' } })),
    ],
    [
      'are no JSON by their type',
      unreadable,
      () => (provider.scripts.keys = (honest) => ({ ...honest, headers: { 'content-type': 'text/html' } })),
    ],
    [
      'are no key set',
      unreadable,
      () => (provider.scripts.keys = (honest) => ({ ...honest, body: { keys: 'none' } })),
    ],
  ])('are no refusal of the person when they %s', async (_title, expected, break_) => {
    break_();
    await expect(verify(undefined, { keySet: keySetOf(provider, 200) })).rejects.toMatchObject(expected);
  });

  it('being away does not excuse a signature that does not fit', async () => {
    const keys = keySetOf(provider);
    await expect(verify(undefined, { keySet: keys })).resolves.toBeDefined();
    provider.scripts.keys = () => 'reset';
    const { privateKey } = await generateKeyPair('RS256');
    await expect(
      verify(({ header, claims, sign }) => sign(header, claims, privateKey), { keySet: keys }),
    ).rejects.toEqual(refusal('signature'));
  });

  it('must tell apart by kid which of several signed', async () => {
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const second = { ...(await exportJWK(publicKey)), kid: 'second', alg: 'RS256' };
    provider.scripts.keys = (honest) => {
      const { keys } = honest.body as { keys: object[] };
      return { ...honest, body: { keys: [...keys, second] } };
    };
    const keys = keySetOf(provider);
    await expect(verify(undefined, { keySet: keys })).resolves.toBeDefined();
    await expect(verify(withHeader({ kid: undefined }), { keySet: keys })).rejects.toEqual(
      refusal('signature'),
    );
  });
});

function hashOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url');
}
