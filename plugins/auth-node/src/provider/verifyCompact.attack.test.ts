import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base64url, CompactSign, compactVerify, createLocalJWKSet, type JWK } from 'jose';
import { constants, generateKeyPairSync, sign, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import type { SignatureAlgorithm } from '../signature/signatureAlgorithms.ts';
import type { ProviderKeys, ProviderKeySet } from './providerKeySet.ts';
import { idTokenAlgorithms } from './verifyIdToken.ts';
import { checksOf, verifySignedDocument, type SignedDocument } from './verifySignedDocument.ts';

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

const claims = { sub: 'jane-1234' };
const kinds = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  weak: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  p256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  p521: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: () => generateKeyPairSync('ed25519'),
} satisfies Record<string, () => KeyPair>;
type Kind = keyof typeof kinds;
let pairs: Record<Kind, KeyPair>;

beforeAll(() => {
  pairs = Object.fromEntries(Object.entries(kinds).map(([kind, make]) => [kind, make()])) as typeof pairs;
});

function kindFor(algorithm: SignatureAlgorithm): Kind {
  const curves: Partial<Record<SignatureAlgorithm, Kind>> = {
    ES256: 'p256',
    ES384: 'p384',
    ES512: 'p521',
    EdDSA: 'ed25519',
    Ed25519: 'ed25519',
  };
  return curves[algorithm] ?? 'rsa';
}

/** How the algorithm signs, written down once more. */
function how(algorithm: SignatureAlgorithm): {
  digest: string | null;
  options: Omit<SignKeyObjectInput, 'key'>;
} {
  const digest = kindFor(algorithm) === 'ed25519' ? null : `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('ES')) return { digest, options: { dsaEncoding: 'ieee-p1363' } };
  if (!algorithm.startsWith('PS')) return { digest, options: {} };
  return {
    digest,
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 },
  };
}

function jwk({ publicKey }: KeyPair, members: object = {}): JWK {
  return { ...publicKey.export({ format: 'jwk' }), ...members };
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Signs header and claims, however they are spelt. */
function signed(
  { privateKey }: KeyPair,
  algorithm: SignatureAlgorithm,
  input = `${encode({ alg: algorithm })}.${encode(claims)}`,
  other: Omit<SignKeyObjectInput, 'key'> = {},
): string {
  const { digest, options } = how(algorithm);
  const signature = sign(digest, Buffer.from(input), { key: privateKey, ...options, ...other });
  return `${input}.${signature.toString('base64url')}`;
}

function keysOf(...keys: JWK[]): ProviderKeys {
  return Object.assign(createLocalJWKSet({ keys }), { keyIds: [] });
}

/** Also how often the keys were read again. */
async function verify(
  document: string,
  keys: ProviderKeys,
  algorithms: readonly string[] = idTokenAlgorithms,
): Promise<{ refusal?: unknown; reReads: number } & Partial<SignedDocument>> {
  let reReads = 0;
  const keySet: ProviderKeySet = {
    get: async () => Promise.resolve(keys),
    newerThan: async () => {
      reReads += 1;
      return Promise.resolve(keys);
    },
    readAhead: () => undefined,
  };
  const expected = {
    keySet,
    algorithms: algorithms as SignatureAlgorithm[],
    signal: AbortSignal.timeout(10_000),
  };
  try {
    return { ...(await verifySignedDocument(document, expected, checksOf('ID token'))), reReads };
  } catch (refusal) {
    return { refusal, reReads };
  }
}

function refused(check: string, reReads: number, isMalformed = false): object {
  const hint = expect.stringContaining(`ID token ${check}`);
  return {
    refusal: expect.objectContaining({ code: 'ERR_PROVIDER_ANSWER_INVALID', hint, isMalformed }),
    reReads,
  };
}

const notOfThatKey = refused('signature. The signature was not made with that key.', 1);
const noKeyFits = refused("signature. No key of the provider's key set fits, read again just now.", 1);
/** What no other key would mend: the provider is not asked. */
const unusable = refused('signature', 0);

describe('a signature with', () => {
  it.each(idTokenAlgorithms)(
    '%s is accepted from a fresh key, and not with a bit of it changed',
    async (algorithm) => {
      const pair = kinds[kindFor(algorithm)]();
      const keys = keysOf(jwk(pair));
      // Made by jose, which shares no code with what verifies here.
      const document = await new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: algorithm })
        .sign(pair.privateKey);
      expect(await verify(document, keys)).toEqual({ algorithm, claims, reReads: 0 });
      expect(await verify(signed(pair, algorithm), keys)).toEqual({ algorithm, claims, reReads: 0 });

      const [head = '', payload = '', signature = ''] = document.split('.');
      const bytes = Buffer.from(signature, 'base64url');
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        const forged = `${head}.${payload}.${changed.toString('base64url')}`;
        expect(await verify(forged, keys)).toEqual(notOfThatKey);
      }
      expect(await verify(`${head}.${encode({ sub: 'jane-1235' })}.${signature}`, keys)).toEqual(
        notOfThatKey,
      );
    },
  );
});

describe('a signature is refused when', () => {
  it.each(['ES256', 'ES384', 'ES512'] as const)('%s is in DER', async (algorithm) => {
    const pair = pairs[kindFor(algorithm)];
    expect(
      await verify(signed(pair, algorithm, undefined, { dsaEncoding: 'der' }), keysOf(jwk(pair))),
    ).toEqual(notOfThatKey);
  });

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('%s is too short or too long', async (algorithm) => {
    const pair = pairs[kindFor(algorithm)];
    const document = signed(pair, algorithm);
    const end = document.lastIndexOf('.') + 1;
    const bytes = Buffer.from(document.slice(end), 'base64url');
    const zero = Buffer.alloc(1);
    for (const other of [
      Buffer.alloc(0),
      bytes.subarray(1),
      bytes.subarray(0, -1),
      Buffer.concat([zero, bytes]),
      Buffer.concat([bytes, zero]),
      Buffer.concat([bytes, bytes]),
      Buffer.alloc(bytes.length),
      Buffer.alloc(bytes.length, 255),
    ]) {
      const forged = document.slice(0, end) + other.toString('base64url');
      expect(await verify(forged, keysOf(jwk(pair)))).toEqual(notOfThatKey);
    }
  });

  it('the salt of PSS has another length than the digest', async () => {
    for (const saltLength of [0, 20, 48, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
      const document = signed(pairs.rsa, 'PS256', undefined, { saltLength });
      expect(await verify(document, keysOf(jwk(pairs.rsa)))).toEqual(notOfThatKey);
    }
  });

  it('the padding is that of another algorithm, although key and digest fit', async () => {
    const keys = keysOf(jwk(pairs.rsa));
    const input = (alg: string) => `${encode({ alg })}.${encode(claims)}`;
    expect(await verify(signed(pairs.rsa, 'PS256', input('RS256')), keys)).toEqual(notOfThatKey);
    expect(await verify(signed(pairs.rsa, 'RS256', input('PS256')), keys)).toEqual(notOfThatKey);
  });

  it('it is PS256, and the config says RS256', async () => {
    const document = signed(pairs.rsa, 'PS256');
    expect(await verify(document, keysOf(jwk(pairs.rsa)), ['RS256'])).toEqual(refused('alg', 0));
  });
});

describe('a key does not count when', () => {
  it('its curve is that of another algorithm', async () => {
    const input = `${encode({ alg: 'ES256' })}.${encode(claims)}`;
    const document = signed(pairs.p384, 'ES256', input);
    expect(await verify(document, keysOf(jwk(pairs.p384)))).toEqual(noKeyFits);
    // Nor does a key set decide that hands it out nevertheless.
    const find = keysOf(jwk(pairs.p384));
    const careless = Object.assign(async () => find({ alg: 'ES384' }), { jwks: find.jwks, keyIds: [] });
    expect(await verify(document, careless)).toEqual(unusable);
  });

  it.each(['RS256', 'PS256'] as const)('it is an RSA key of 1024 bits, with %s', async (algorithm) => {
    expect(await verify(signed(pairs.weak, algorithm), keysOf(jwk(pairs.weak)))).toEqual(unusable);
  });

  it.each<[string, object]>([
    ['is for another algorithm', { alg: 'ES384' }],
    ['is for another algorithm of its kind', { alg: 'RS512' }],
    ['is for encryption', { use: 'enc' }],
    ['is for other operations', { key_ops: ['encrypt', 'wrapKey'] }],
    ['is for no operation', { key_ops: [] }],
    ['names its operations in another form', { key_ops: 'verify' }],
    ['has another id', { kid: 'another' }],
    ['is of another type', { kty: 'OKP' }],
  ])('it says that it %s', async (_title, members) => {
    const document = signed(pairs.rsa, 'RS256', `${encode({ alg: 'RS256', kid: 'one' })}.${encode(claims)}`);
    expect(await verify(document, keysOf(jwk(pairs.rsa, { kid: 'one' })))).toMatchObject({ claims });
    expect(await verify(document, keysOf(jwk(pairs.rsa, { kid: 'one', ...members })))).toEqual(noKeyFits);
  });

  it('several fit, and the document names none', async () => {
    const keys = keysOf(jwk(pairs.p256), jwk(kinds.p256()));
    expect(await verify(signed(pairs.p256, 'ES256'), keys)).toEqual(
      refused("signature. Several keys of the provider's key set fit", 0),
    );
  });

  it('it is a secret, and the document has an HMAC', async () => {
    const secret = Buffer.alloc(32, 's');
    const keys = keysOf({ kty: 'oct', k: secret.toString('base64url') });
    const document = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secret);
    await expect(compactVerify(document, secret)).resolves.toBeDefined();
    expect(await verify(document, keys)).toEqual(refused('alg', 0));
    expect(await verify(document, keys, ['HS256'])).toEqual(unusable);
    expect(await verify(signed(pairs.p256, 'ES256'), keys)).toEqual(noKeyFits);
  });

  it.each<[string, JWK]>([
    ['is on no curve', { y: Buffer.alloc(32, 1).toString('base64url') }],
    [
      'is the point at infinity',
      { x: Buffer.alloc(32).toString('base64url'), y: Buffer.alloc(32).toString('base64url') },
    ],
    ['has half a point', { y: '' }],
    ['is private', { d: Buffer.alloc(32, 1).toString('base64url') }],
    ['may sign', { key_ops: ['verify', 'sign'] }],
  ])('it %s, and the others of its set do', async (_title, members) => {
    const keys = keysOf(jwk(pairs.p256, { kid: 'bad', ...members }), jwk(pairs.p256, { kid: 'good' }));
    const with_ = (kid: string) =>
      signed(pairs.p256, 'ES256', `${encode({ alg: 'ES256', kid })}.${encode(claims)}`);
    expect(await verify(with_('bad'), keys)).toEqual(unusable);
    expect(await verify(with_('bad'), keys)).toEqual(unusable);
    expect(await verify(with_('good'), keys)).toMatchObject({ claims });
  });
});

describe('a document is refused when', () => {
  // Each part has two letters more than a multiple of four, and so four bits that count for nothing.
  const head = encode({ alg: 'ES256', n: '' });
  const payload = encode(claims);

  it.each<[string, (part: string) => string]>([
    ['padding', (part) => part.padEnd(Math.ceil(part.length / 4) * 4, '=')],
    ['too much padding', (part) => `${part}====`],
    ['a line break', (part) => `${part}\n`],
    ['a space within', (part) => `${part.slice(0, 4)} ${part.slice(4)}`],
    ['bits left over', (part) => part.slice(0, -1) + following(part.slice(-1))],
    ['a letter of base64', (part) => `${part.slice(0, 4)}+///${part.slice(4)}`],
    ['a letter of no alphabet', (part) => `${part.slice(0, 4)}ä${part.slice(4)}`],
    ['a letter too many', (part) => `${part}AAA`.slice(0, Math.floor(part.length / 4) * 4 + 1)],
  ])('a part has %s, signed as it is', async (_title, respell) => {
    expect([head, payload].map((part) => part.length % 4)).toEqual([2, 2]);
    const keys = keysOf(jwk(pairs.p256));
    const honest = signed(pairs.p256, 'ES256', `${head}.${payload}`);
    expect(await verify(honest, keys)).toMatchObject({ claims });
    const end = honest.lastIndexOf('.') + 1;
    expect(await verify(signed(pairs.p256, 'ES256', `${respell(head)}.${payload}`), keys)).toEqual(
      refused('form', 0, true),
    );
    expect(await verify(signed(pairs.p256, 'ES256', `${head}.${respell(payload)}`), keys)).toEqual(unusable);
    expect(await verify(honest.slice(0, end) + respell(honest.slice(end)), keys)).toEqual(unusable);
  });

  it('something stands behind it or before it', async () => {
    const keys = keysOf(jwk(pairs.p256));
    const honest = signed(pairs.p256, 'ES256');
    for (const more of ['\n', ' ', '=', '\0', '~', '.', '.AAAA', '..']) {
      const { refusal, reReads } = await verify(honest + more, keys);
      expect(refusal).toMatchObject({ code: 'ERR_PROVIDER_ANSWER_INVALID' });
      expect(reReads).toBe(0);
      expect(await verify(more + honest, keys)).toEqual(refused('form', 0, true));
    }
    // A signature of 65 bytes.
    expect(await verify(`${honest}A`, keys)).toEqual(notOfThatKey);
  });

  it('it has the five parts of an encrypted one', async () => {
    const document = `${signed(pairs.p256, 'ES256')}.AAAA.AAAA`;
    expect(await verify(document, keysOf(jwk(pairs.p256)))).toEqual(unusable);
  });

  it('its payload is not encoded (RFC 7797)', async () => {
    const keys = keysOf(jwk(pairs.p256));
    const plain = JSON.stringify(claims);
    const critical = `${encode({ alg: 'ES256', b64: false, crit: ['b64'] })}.${plain}`;
    expect(await verify(signed(pairs.p256, 'ES256', critical), keys)).toEqual(refused('header crit', 0));
    const silent = `${encode({ alg: 'ES256', b64: false })}.${plain}`;
    expect(await verify(signed(pairs.p256, 'ES256', silent), keys)).toEqual(unusable);
  });

  it('its header is no object of JSON in UTF-8', async () => {
    const keys = keysOf(jwk(pairs.p256));
    for (const text of ['', '[]', '"ES256"', 'null', '{"alg":"ES256"', '{"alg":"ES256","n":"\xff"}']) {
      const bad = Buffer.from(text, 'latin1').toString('base64url');
      expect(await verify(signed(pairs.p256, 'ES256', `${bad}.${payload}`), keys)).toEqual(
        refused('form', 0, true),
      );
    }
  });
});

/** The letter after one that ends a part: other bits, of which none counts. */
function following(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return letters.charAt(letters.indexOf(letter) + 1);
}

describe('of any document and any key set', () => {
  const seldom = <T>(usual: T, ...others: T[]) =>
    fc.oneof({ arbitrary: fc.constant(usual), weight: 6 }, fc.constantFrom(...others));
  const kind = fc.constantFrom(...(Object.keys(kinds) as Kind[]));
  const algorithm = fc.constantFrom(...idTokenAlgorithms);
  const place = fc.nat({ max: 1000 }).map((thousandths) => thousandths / 1001);
  const letter = fc.constantFrom(...'AQgwz019-_+/=. \n.'.split(''));
  const scenario = fc.record({
    // What signs, in which way, and what the header says.
    algorithm,
    isOfOtherKind: seldom(false, true),
    otherKind: kind,
    named: fc.oneof({ arbitrary: fc.constant(undefined), weight: 6 }, algorithm),
    header: fc.record({
      kid: seldom<unknown>('a', 'b', undefined, 7),
      b64: seldom<unknown>(undefined, true, false),
    }),
    // What the key of the signer says of itself, and which others stand beside it.
    own: fc.record({
      kid: seldom<unknown>('a', 'b', undefined, 7),
      alg: fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, algorithm),
      use: seldom<unknown>(undefined, 'sig', 'enc', null),
      key_ops: seldom<unknown>(
        undefined,
        ['verify'],
        ['sign'],
        ['verify', 'sign'],
        ['verify', 'verify'],
        'verify',
      ),
      ext: seldom<unknown>(undefined, true, false, 'yes'),
    }),
    others: fc.array(fc.record({ kind, kid: seldom<unknown>('b', 'a', undefined) }), { maxLength: 2 }),
    isMissing: seldom(false, true),
    edit: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 3 },
      fc.record({ place, removed: fc.nat({ max: 2 }), inserted: fc.option(letter, { nil: '' }) }),
    ),
  });

  it('what is accepted is what jose accepts, in its one spelling', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (the) => {
        const pair = pairs[the.isOfOtherKind ? the.otherKind : kindFor(the.algorithm)];
        const fits = the.isOfOtherKind ? fittingAlgorithm(the.otherKind, the.algorithm) : the.algorithm;
        const header = { alg: the.named ?? the.algorithm, ...the.header };
        const whole = signed(pair, fits, `${encode(header)}.${encode(claims)}`);
        const document = the.edit ? edited(whole, the.edit) : whole;
        const keys = keysOf(
          ...(the.isMissing ? [] : [jwk(pair, defined({ ...the.own }))]),
          ...the.others.map(({ kind: other, kid: id }) => jwk(pairs[other], defined({ kid: id }))),
        );
        const byJose = await compactVerify(document, keys, { algorithms: [...idTokenAlgorithms] }).then(
          ({ payload }) => JSON.parse(Buffer.from(payload).toString()) as unknown,
          () => undefined,
        );
        const isCanonical = document.split('.').every((part) => isInOneSpelling(part));
        const ours = await verify(document, keys);
        expect(ours.claims).toEqual(isCanonical ? byJose : undefined);
        if (ours.claims) accepted += 1;
        else expect(ours.refusal).toMatchObject({ code: 'ERR_PROVIDER_ANSWER_INVALID' });
      }),
      { numRuns: 300 },
    );
    // Neither says no to everything.
    expect(accepted).toBeGreaterThan(0);
  });
});

/** With which algorithm a key of that kind can sign. */
function fittingAlgorithm(kind: Kind, wanted: SignatureAlgorithm): SignatureAlgorithm {
  const own: Record<Kind, SignatureAlgorithm> = {
    rsa: 'RS256',
    weak: 'RS256',
    p256: 'ES256',
    p384: 'ES384',
    p521: 'ES512',
    ed25519: 'EdDSA',
  };
  return kindFor(wanted) === kind ? wanted : own[kind];
}

function edited(
  text: string,
  { place, removed, inserted }: { place: number; removed: number; inserted: string },
): string {
  const at = Math.floor(place * (text.length + 1));
  return text.slice(0, at) + inserted + text.slice(at + removed);
}

function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** By jose's own reader and writer. */
function isInOneSpelling(part: string): boolean {
  try {
    return base64url.encode(base64url.decode(part)) === part;
  } catch {
    return false;
  }
}
