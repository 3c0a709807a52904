/** Userinfo as a JSON Web Token (OpenID Connect Core 1.0 section 5.3.2): verified and used, or refused. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { exportJWK, generateKeyPair } from 'jose';
import { configuredProvider, signIn } from './testing/signIn.ts';

const jane = { sub: 'jane-123', name: 'Jane Signed', email: 'jane@example.com', email_verified: true };

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;

beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startScriptedOpenIdProvider();
});

beforeEach(() => {
  answerWith(async () => idp.sign(jane));
});

afterEach(() => {
  idp.scripts = {};
});

afterAll(async () => {
  await idp.close();
  await http.close();
});

/** Userinfo with this body, as a signed document. */
function answerWith(make: () => Promise<string>, type = 'application/jwt'): void {
  idp.scripts.userinfo = async (honest) => ({
    ...honest,
    headers: { 'content-type': type },
    body: await make(),
  });
}

/** The provider says in its metadata how it signs userinfo. */
function metadataLists(userinfo_signing_alg_values_supported: unknown): void {
  idp.scripts.metadata = (honest) => ({
    ...honest,
    body: { ...(honest.body as object), userinfo_signing_alg_values_supported },
  });
}

const login = async (keys: Record<string, unknown> = {}) =>
  signIn(configuredProvider({ metadataUrl: idp.metadataUrl, http, keys }), {
    authorize: async (url) => idp.authorize(url),
  });

const refusal = (check: string, details = {}) => ({
  code: 'ERR_PROVIDER_ANSWER_INVALID',
  hint: expect.stringContaining(`userinfo ${check}`),
  ...details,
});

const now = () => Math.floor(Date.now() / 1000);

describe('signed userinfo counts', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['with the claims of the person alone', () => ({})],
    ['with the issuer and the client', () => ({ iss: idp.issuer, aud: 'test-client' })],
    ['with several audiences', () => ({ iss: idp.issuer, aud: ['other', 'test-client'] })],
    ['within its time', () => ({ iat: now(), nbf: now(), exp: now() + 60 })],
    ['with optional members that are null', () => ({ iss: null, aud: '', exp: null, picture: null })],
  ])('%s', async (_title, claims) => {
    answerWith(async () => idp.sign({ ...jane, ...claims() }));
    const { profile, result } = await login();
    expect(profile).toEqual({ displayName: 'Jane Signed', email: 'jane@example.com' });
    expect(result.fullProfile.userinfo).toMatchObject(jane);
  });

  it.each(['application/jwt; charset=utf-8', 'Application/JWT'])('as %s', async (type) => {
    answerWith(async () => idp.sign(jane), type);
    await expect(login()).resolves.toMatchObject({ profile: { displayName: 'Jane Signed' } });
  });

  it.each<[string, unknown, Record<string, unknown>]>([
    ['as the metadata lists it', ['RS256'], {}],
    ['as ID tokens do, where the metadata lists nothing', undefined, {}],
    ['as ID tokens do, where the metadata lists none that is taken', ['HS256', 'none', 7], {}],
    ['as config says, whatever the metadata lists', ['ES256'], { userinfoSignedResponseAlg: 'RS256' }],
  ])('with an algorithm %s', async (_title, listed, keys) => {
    metadataLists(listed);
    await expect(login(keys)).resolves.toMatchObject({ profile: { displayName: 'Jane Signed' } });
  });

  it('after a rotation of the keys in the middle of the login', async () => {
    answerWith(async () => {
      await idp.rotateKeys();
      return idp.sign(jane);
    });
    await expect(login()).resolves.toMatchObject({ profile: { displayName: 'Jane Signed' } });
  });
});

describe('signed userinfo is refused when', () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('it is not signed', async () => {
    answerWith(async () => Promise.resolve(`${encode({ alg: 'none' })}.${encode(jane)}.`));
    await expect(login()).rejects.toMatchObject(
      refusal('alg', {
        details: { expected: 'RS256', given: 'none', 'changed by': 'userinfoSignedResponseAlg' },
      }),
    );
  });

  it('the signature was cut off', async () => {
    answerWith(async () => (await idp.sign(jane)).replace(/[^.]*$/, ''));
    await expect(login()).rejects.toMatchObject(refusal('signature'));
  });

  it('it is signed with the public key as a secret', async () => {
    const { keys } = (await (await fetch(`${idp.issuer}/keys`)).json()) as { keys: { n: string }[] };
    const secrets = [JSON.stringify(keys[0]), keys[0]?.n ?? '', 'test-secret-test-secret-test-secret'];
    for (const secret of secrets) {
      answerWith(async () => idp.sign(jane, { header: { alg: 'HS256' }, key: Buffer.from(secret) }));
      await expect(login()).rejects.toMatchObject(refusal('alg'));
    }
  });

  it("it is signed with somebody else's key", async () => {
    const { privateKey } = await generateKeyPair('RS256');
    answerWith(async () => idp.sign(jane, { key: privateKey }));
    await expect(login()).rejects.toMatchObject(refusal('signature'));
  });

  it('it brings its own key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const header of [{ jwk }, { jku: `${idp.issuer}/keys` }, { x5u: `${idp.issuer}/x5u` }]) {
      answerWith(async () => idp.sign(jane, { header, key: privateKey }));
      await expect(login()).rejects.toMatchObject(refusal('header'));
    }
  });

  it.each<[string, string, object]>([
    ['it speaks of somebody else', 'sub', { sub: 'somebody-else' }],
    ['it speaks of nobody', 'sub', { sub: '' }],
    ['its subject is no text', 'sub', { sub: 123 }],
    ['it is of another issuer', 'iss', { iss: 'https://evil.example.com' }],
    ['it is for another client', 'aud', { aud: 'another-client' }],
    ['it is for other clients', 'aud', { aud: ['another-client'] }],
    ['it is over', 'exp', { exp: 1 }],
    ['it has no time that is one', 'exp', { exp: 'tomorrow' }],
    ['it was issued in the future', 'iat', { iat: 32_503_680_000 }],
    ['it is not valid yet', 'nbf', { nbf: 32_503_680_000 }],
  ])('%s', async (_title, check, lie) => {
    answerWith(async () => idp.sign({ ...jane, ...lie }));
    await expect(login()).rejects.toMatchObject(refusal(check));
  });

  it('it is a token of another kind, or holds one', async () => {
    for (const header of [{ typ: 'at+jwt' }, { cty: 'JWT' }]) {
      answerWith(async () => idp.sign(jane, { header }));
      await expect(login()).rejects.toMatchObject(refusal('header'));
    }
    answerWith(async () => idp.sign(await idp.sign(jane)));
    await expect(login()).rejects.toMatchObject(refusal('payload'));
  });

  it('it is signed with an algorithm that neither config nor metadata names, though the token does', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    answerWith(async () => idp.sign(jane, { header: { alg: 'ES256' }, key: privateKey }));
    await expect(login()).rejects.toMatchObject(refusal('alg'));
  });

  it('config says that it is signed, and it is not', async () => {
    idp.scripts = {};
    await expect(login({ userinfoSignedResponseAlg: 'RS256' })).rejects.toMatchObject(
      refusal('form', {
        details: {
          expected: 'a signed document (application/jwt)',
          given: 'application/json',
          'changed by': 'userinfoSignedResponseAlg',
        },
      }),
    );
  });

  it.each<[string, string, string]>([
    ['it is encrypted', 'e30.e30.e30.e30.e30', 'application/jwt'],
    ['it is called JSON', 'e30.e30.e30', 'application/json'],
    ['it is called a text', 'e30.e30.e30', 'text/plain'],
  ])('%s, which nobody can read here', async (_title, body, type) => {
    answerWith(async () => Promise.resolve(body), type);
    await expect(login()).rejects.toMatchObject({ code: 'ERR_PROVIDER_ANSWER_UNREADABLE' });
  });

  it('and nothing of it stands in the error', async () => {
    const sent: string[] = [];
    answerWith(async () => {
      const document = await idp.sign({ ...jane, aud: 'another-client' });
      sent.push(document, ...document.split('.'));
      return document;
    });
    const error: unknown = await login().catch((caught: unknown) => caught);
    const { message, hint, details } = error as { message: string; hint: string; details: object };
    const text = JSON.stringify([message, hint, details]);
    for (const secret of [...sent, 'jane@example.com', 'test-secret']) expect(text).not.toContain(secret);
  });
});
