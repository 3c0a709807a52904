/**
 * What vendors send, as the started command takes it: a login each, and a refresh where one applies, against the scripted
 * provider, with what the page, the log and `vestibule explain` say of it. One process for all.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnswerScript, ScriptedAnswer } from '@vestibule/backend-test-utils';
import { generateKeyPair, exportJWK } from 'jose';
import { startVendorPortal, type VendorLogin, type VendorPortal } from './testing/vendorPortal.ts';

const jane = { sub: 'jane-123', name: 'Jane Doe', email: 'jane@example.com', email_verified: true };
const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';

let portal: VendorPortal;

beforeAll(async () => {
  portal = await startVendorPortal((issuer) => ({
    plain: {},
    // Discovery is kept for an hour, so whatever lies there is a provider of its own.
    nulls: { metadataUrl: `${issuer}/nulls`, issuer },
    empties: { metadataUrl: `${issuer}/empties`, issuer },
    page: { metadataUrl: `${issuer}/page` },
    moved: { metadataUrl: `${issuer}/moved` },
    elsewhere: { metadataUrl: `${issuer}/internal` },
    twin: { metadataUrl: `${issuer}/twin`, issuer },
    wrongly: { metadataUrl: `${issuer}/wrongly`, issuer: `${issuer}/stated` },
    posting: { metadataUrl: `${issuer}/posting`, issuer },
    signing: { userinfoSignedResponseAlg: 'RS256' },
    trusting: { dangerouslyTrustUnverifiedEmail: true },
    trustingAbsent: { dangerouslyTrustUnverifiedEmail: ['absent'] },
    trustingFalse: { dangerouslyTrustUnverifiedEmail: [false] },
    grouped: { allow: { groups: ['admins'] } },
    adfs: {
      metadataUrl: `${issuer}/adfs`,
      issuer,
      groupsClaim: 'group',
      allow: { groups: ['ACME\\portal'] },
      dangerouslyTrustUnverifiedEmail: ['absent'],
    },
    b2c: {
      metadataUrl: `${issuer}/acme.onmicrosoft.com/b2c_1_signin/v2.0`,
      issuer: `${issuer}/${tenant}/v2.0/`,
      dangerouslyTrustUnverifiedEmail: ['absent'],
    },
    cognito: {
      groupsClaim: 'cognito:groups',
      allow: { groups: ['portal'] },
      dangerouslyTrustUnverifiedEmail: ['text'],
    },
    zitadel: { groupsClaim: 'urn:zitadel:iam:org:project:roles', allow: { groups: ['admins'] } },
    keycloak: {
      metadataUrl: `${issuer}/internal/realms/acme`,
      issuer: `${issuer}/realms/acme`,
      groupsClaim: 'realm_access.roles',
      allow: { groups: ['portal-user'] },
    },
  }));
  // An access token that a front end would renew at once, so that each refresh asks the provider.
  portal.idp.scripts.token = shortLived;
});

afterEach(() => {
  portal.idp.scripts = { token: shortLived };
  portal.idp.idTokenScript = undefined;
  portal.idp.person = { ...jane };
});

afterAll(async () => portal.stop());

const shortLived: AnswerScript = (honest) => changed(honest, { expires_in: 100 });

function changed(honest: ScriptedAnswer, changes: object): ScriptedAnswer {
  return typeof honest.body === 'string' || honest.status !== 200
    ? honest
    : { ...honest, body: { ...honest.body, ...changes } };
}

const tokens = (changes: object) => {
  portal.idp.scripts.token = (honest) => changed(honest, { expires_in: 100, ...changes });
};
const answers = (endpoint: 'token' | 'userinfo', answer: Partial<ScriptedAnswer>) => {
  portal.idp.scripts[endpoint] = (honest) => ({ ...honest, ...answer });
};
const json = { 'content-type': 'application/json' };
const idToken = (changes: object, header: object = {}) => {
  portal.idp.idTokenScript = ({ header: honest, claims, sign }) =>
    sign({ ...honest, ...header }, { ...claims, ...changes });
};
const metadata = (changes: object | ((path: string) => object)) => {
  portal.idp.scripts.metadata = (honest, { url }) =>
    changed(honest, typeof changes === 'function' ? changes(url.pathname) : changes);
};

/** The page has the sentence, the code and nothing else; the log and `explain` have what the operator needs. */
async function expectRefusal(
  login: VendorLogin,
  expected: { code: string; sentence?: string; told: (string | RegExp)[]; status?: number; never?: string[] },
): Promise<string> {
  const { code, told, status = 200, never = [] } = expected;
  const { error, page } = login;
  expect({ status: login.status, code: error?.code }).toEqual({ status, code });
  if (expected.sentence !== undefined) expect(error?.message).toBe(expected.sentence);
  const reference = error?.reference ?? '';
  expect(page).toContain(reference);
  const [line, tree] = [await portal.logged(reference), await portal.explain(reference)];
  for (const one of told) {
    if (typeof one !== 'string') {
      expect(tree).toMatch(one);
      continue;
    }
    expect(tree).toContain(one);
    // In the log it is JSON.
    const [, name, value] = /^(expected|given|changed by): (.*)$/s.exec(one) ?? [];
    const escaped = JSON.stringify(value ?? one).slice(1, -1);
    expect(line).toContain(name === undefined ? escaped : `"${name}":"${escaped}`);
    expect(page).not.toContain(one);
  }
  for (const secret of [portal.clientSecret, ...never]) {
    for (const text of [line, tree, page]) expect(text).not.toContain(secret);
  }
  return tree;
}

/** Jane, with a session whose next refresh asks the provider. */
async function signedIn(id = 'plain'): Promise<VendorLogin> {
  const login = await portal.signIn(id);
  expect(login.error).toBeUndefined();
  expect(login.response?.backstageIdentity.identity.userEntityRef).toBe('user:default/jane');
  return login;
}

/** The refresh is answered from the last good identity; log and `explain` say why. */
async function expectCovered(login: VendorLogin, id: string, told: string[]): Promise<void> {
  const { status, body } = await portal.refresh(login, id);
  expect({ status, sub: body.backstageIdentity?.identity.userEntityRef }).toEqual({
    status: 200,
    sub: 'user:default/jane',
  });
  const reference = portal.latestOf(id);
  expect(await portal.logged(reference)).toContain('"grace":true');
  const tree = await until(
    async () => portal.explain(reference),
    /last good identity, because the refresh failed/,
  );
  for (const text of told) expect(tree).toContain(text);
}

/** What is kept soon is there within a second or two. */
async function until(read: () => Promise<string>, pattern: RegExp): Promise<string> {
  const deadline = Date.now() + 8000;
  for (;;) {
    const text = await read();
    if (pattern.test(text) || Date.now() > deadline) {
      expect(text).toMatch(pattern);
      return text;
    }
  }
}

describe('an optional member that is absent', () => {
  it.each<[string, unknown, string]>([
    ['null', null, 'nulls'],
    ['an empty text', '', 'empties'],
  ])('may be %s: in metadata, token answer, ID token and userinfo', async (_title, absent, id) => {
    metadata({
      revocation_endpoint: absent,
      authorization_response_iss_parameter_supported: absent,
      userinfo_signing_alg_values_supported: absent,
      token_endpoint_auth_methods_supported: absent,
    });
    tokens({ scope: absent, session_state: absent, error: absent, token_type: 'BEARER' });
    idToken({ azp: absent, nbf: absent, auth_time: absent, at_hash: absent, email: absent });
    portal.idp.person = { ...jane, picture: absent, given_name: absent };
    const login = await signedIn(id);
    expect(login.response?.profile).toEqual({ email: 'jane@example.com', displayName: 'Jane Doe' });

    tokens({ id_token: absent, refresh_token: absent, scope: absent, expires_in: absent });
    const { status, body } = await portal.refresh(login, id);
    expect({ status, profile: body.profile }).toEqual({ status: 200, profile: login.response?.profile });
    expect(await portal.logged(portal.latestOf(id))).not.toContain('"grace":true');
  });

  it('may be empty in the redirect', async () => {
    const { response } = await portal.signIn('plain', {
      callback(url) {
        url.searchParams.set('error', '');
        url.searchParams.set('error_description', '');
        return url;
      },
    });
    expect(response?.profile.email).toBe('jane@example.com');
  });

  it.each<[string, () => void, string]>([
    ['the access token', () => tokens({ access_token: '' }), 'access_token'],
    ['the subject of userinfo', () => (portal.idp.person = { ...jane, sub: '' }), 'sub'],
    ['the issuer of the ID token', () => idToken({ iss: null }), 'ID token iss'],
  ])('is none where it is required: %s', async (_title, lie, told) => {
    lie();
    // Who signs in is the ID token's to say; only userinfo is empty there.
    if (told === 'sub') idToken({ sub: 'jane-123' });
    await expectRefusal(await portal.signIn('plain'), { code: 'ERR_PROVIDER_ANSWER_INVALID', told: [told] });
  });
});

describe('a refresh', () => {
  it.each<[string, () => void, string]>([
    ['an access token that is missing', () => tokens({ access_token: null }), 'access_token'],
    ['a type of token that is a number', () => tokens({ token_type: 7 }), 'token_type'],
    ['an ID token that is no token', () => tokens({ id_token: 'none' }), 'ID token form'],
    ['userinfo without a subject', () => answers('userinfo', { body: { name: 'x' } }), 'userinfo sub'],
    [
      'a form',
      () =>
        answers('token', {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'access_token=x',
        }),
      'not a JSON object',
    ],
    [
      'a page',
      () => answers('token', { headers: { 'content-type': 'text/html' }, body: '<title>Back soon</title>' }),
      "titled 'Back soon'",
    ],
    [
      'a client that is refused',
      () =>
        answers('token', {
          status: 401,
          headers: json,
          body: {
            error: 'invalid_client',
            error_description: 'AADSTS7000222: The client secret keys are expired.',
          },
        }),
      'AADSTS7000222',
    ],
  ])('that brings %s ends no session', async (_title, lie, told) => {
    const login = await signedIn();
    lie();
    await expectCovered(login, 'plain', [told]);
  });

  it.each<[string, () => void, string]>([
    [
      'the grant is over',
      () =>
        answers('token', {
          status: 400,
          headers: json,
          body: { error: 'invalid_grant', error_description: 'Session not active' },
        }),
      'Session not active',
    ],
    ['a token fails a check', () => idToken({ aud: 'another-client' }), 'ID token aud'],
    [
      'userinfo is of somebody else',
      () => answers('userinfo', { body: { ...jane, sub: 'somebody-else' } }),
      'userinfo sub',
    ],
  ])('ends the session where %s', async (_title, lie, told) => {
    const login = await signedIn();
    lie();
    const { status, body } = await portal.refresh(login, 'plain');
    expect({ status, code: body.error?.code }).toEqual({ status: 401, code: 'ERR_AUTH_SESSION_ENDED' });
    expect(await portal.explain(body.error?.reference ?? '')).toContain(told);
  });
});

describe("the provider's own words", () => {
  const said = 'The application is not enabled for you';

  it.each<[string, Record<string, unknown>, string]>([
    ['error_description', { error: 'unauthorized_client', error_description: said }, 'ERR_PROVIDER_REFUSED'],
    ['message', { message: said }, 'ERR_PROVIDER_REFUSED'],
    ['error.message', { error: { code: 400, message: said } }, 'ERR_PROVIDER_REFUSED'],
    ['errors', { errors: [{ message: said }] }, 'ERR_PROVIDER_REFUSED'],
    ['detail', { title: 'Bad', detail: said }, 'ERR_PROVIDER_REFUSED'],
    ['error_message', { error_message: said }, 'ERR_PROVIDER_REFUSED'],
  ])('of the token endpoint reach log and explain, never the page: %s', async (_title, body, code) => {
    answers('token', { status: 400, headers: json, body });
    await expectRefusal(await portal.signIn('plain'), { code, told: [said] });
  });

  it('are printable, at most 300 characters, and quote no secret', async () => {
    let code = '';
    portal.idp.scripts.token = (honest, { form }) => {
      code = form.get('code') ?? '';
      const words = `Bad\u001b[31m code ${code} of ${portal.clientSecret}\n${'and so on '.repeat(60)}`;
      return {
        ...honest,
        status: 400,
        headers: json,
        body: { error: 'invalid_request', error_description: words },
      };
    };
    const login = await portal.signIn('plain');
    const tree = await expectRefusal(login, { code: 'ERR_PROVIDER_REFUSED', told: ['Bad[31m code'] });
    const [, words = ''] = /the provider said: (.*)/.exec(tree) ?? [];
    expect(words.length).toBeLessThanOrEqual(300);
    expect(words).toMatch(/^Bad\[31m code … of … and so on .*…$/);
    expect(code).not.toBe('');
    expect(tree + login.page).not.toContain(code);
  });

  it('of a redirect reach log and explain, never the page', async () => {
    const login = await portal.signIn('plain', {
      callback(url) {
        url.searchParams.delete('code');
        url.searchParams.set('error', 'access_denied');
        url.searchParams.set('error_description', 'AADSTS65004: User declined to consent.');
        return url;
      },
    });
    await expectRefusal(login, {
      code: 'ERR_PROVIDER_REFUSED',
      told: ['AADSTS65004: User declined to consent.', 'access_denied'],
    });
  });

  it('of a revocation reach the log; the session ends in any case', async () => {
    const login = await signedIn();
    portal.idp.scripts.revocation = (honest) => ({
      ...honest,
      status: 400,
      headers: json,
      body: { error: 'unsupported_token_type', error_description: 'Revocation is switched off' },
    });
    expect(await portal.logout(login, 'plain')).toBe(200);
    expect(await portal.logged(/could not be revoked at 'plain'/)).toContain(
      'the provider said: Revocation is switched off',
    );
    expect((await portal.refresh(login, 'plain')).status).toBe(401);
  });

  it('of userinfo, and of an error that comes with status 200', async () => {
    const challenge = {
      'www-authenticate': 'Bearer error="insufficient_scope", error_description="openid is missing"',
    };
    answers('userinfo', { status: 403, headers: challenge, body: '' });
    await expectRefusal(await portal.signIn('plain'), {
      code: 'ERR_PROVIDER_REFUSED',
      told: ['openid is missing', 'insufficient_scope'],
    });
    answers('token', {
      headers: json,
      body: { error: 'incorrect_client_credentials', error_description: said },
    });
    await expectRefusal(await portal.signIn('plain'), { code: 'ERR_PROVIDER_REFUSED', told: [said] });
  });
});

describe('a check that fails says what was expected, what came, and the key that changes it', () => {
  it.each<[string, () => void, (string | RegExp)[]]>([
    [
      'the algorithm',
      () => {
        portal.idp.idTokenScript = async ({ header, claims, sign }) => {
          const { privateKey } = await generateKeyPair('ES256');
          return sign({ ...header, alg: 'ES256' }, claims, privateKey);
        };
      },
      ['ID token alg', 'expected: RS256', 'given: ES256', "Set 'tokenSignedResponseAlg: ES256'"],
    ],
    [
      'the audience',
      () => idToken({ aud: '5d0c4fd1-6c0a-4f61-a9a1-c0de1dbd2f5e' }),
      ['expected: test-client', 'given: 5d0c4fd1-6c0a-4f61-a9a1-c0de1dbd2f5e', 'Compare clientId'],
    ],
    [
      'the authorized party',
      () => idToken({ azp: 'other-client' }),
      ['ID token azp', 'expected: test-client', 'given: other-client'],
    ],
    [
      'the issuer',
      () => idToken({ iss: 'https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/' }),
      [
        'ID token iss',
        'given: https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/',
        'changed by: issuer',
        'Compare metadataUrl',
      ],
    ],
    [
      'a clock that is late',
      () => idToken({ exp: 1_700_000_000 }),
      [
        /ID token exp.*clocks of this machine/s,
        /expected: after 20\d\d-.*Z, by the clock here/,
        'given: 2023-11-14T22:13:20Z',
      ],
    ],
    [
      'a clock that is early',
      () => idToken({ iat: 4_000_000_000 }),
      [/ID token iat.*clocks of this machine/s, 'given: 2096-10-02T07:06:40Z'],
    ],
    [
      'the nonce',
      () => idToken({ nonce: 'another' }),
      ['ID token nonce', 'expected: the nonce of this sign-in', 'given: another one'],
    ],
    [
      'the hash of the access token',
      () => idToken({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
      ['ID token at_hash'],
    ],
    [
      'the key',
      () => idToken({}, { kid: 'unheard-of' }),
      ['ID token signature', "the key 'unheard-of' (kid), RS256", 'No key of the provider'],
    ],
  ])('%s', async (_title, lie, told) => {
    lie();
    const tree = await expectRefusal(await portal.signIn('plain'), {
      code: 'ERR_PROVIDER_ANSWER_INVALID',
      told,
    });
    // Only where one of them is the cause.
    if (!told.some((one) => String(one).startsWith('Compare')))
      expect(tree).not.toMatch(/compare (metadataUrl|clientId)/i);
  });

  it('two keys that fit a token which names none', async () => {
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    const second = { ...(await exportJWK(publicKey)), kid: 'second', alg: 'RS256', use: 'sig' };
    portal.idp.scripts.keys = (honest) =>
      changed(honest, { keys: [...(honest.body as { keys: object[] }).keys, second] });
    idToken({}, { kid: undefined });
    await portal.idp.rotateKeys();
    idToken({}, { kid: 'makes the keys be read again' });
    await portal.signIn('plain');
    idToken({}, { kid: undefined });
    await expectRefusal(await portal.signIn('plain'), {
      code: 'ERR_PROVIDER_ANSWER_INVALID',
      told: [
        'Several keys of the provider',
        'given: no key (kid), RS256',
        /expected: a key of the provider's key set: .*, second/,
      ],
    });
  });

  it('how the client proves itself', async () => {
    metadata({ token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'] });
    answers('token', { status: 401, headers: json, body: { error: 'invalid_client' } });
    await expectRefusal(await portal.signIn('posting'), {
      code: 'ERR_PROVIDER_REFUSED',
      told: [
        "Set 'tokenEndpointAuthMethod: client_secret_post'.",
        'expected: client_secret_post, private_key_jwt, by the metadata',
        'given: client_secret_basic',
      ],
    });
  });
});

describe('an answer that nobody can read is no outage', () => {
  const sentence =
    'The sign-in provider gave an answer that this portal cannot read. Ask whoever runs this portal.';
  const code = 'ERR_PROVIDER_ANSWER_UNREADABLE';

  it.each<[string, 'token' | 'userinfo', Partial<ScriptedAnswer>, string[]]>([
    [
      'userinfo is a page',
      'userinfo',
      { headers: { 'content-type': 'text/html' }, body: '<title>Sign in</title>' },
      ["a page titled 'Sign in'", '/userinfo', 'it is text/html'],
    ],
    [
      'userinfo is a text',
      'userinfo',
      { headers: { 'content-type': 'text/plain' }, body: 'jane' },
      ['it is text/plain'],
    ],
    [
      'userinfo is encrypted',
      'userinfo',
      { headers: { 'content-type': 'application/jwt' }, body: 'e30.e30.e30.e30.e30' },
      ['userinfo_encrypted_response_alg'],
    ],
    [
      'the token answer is a form',
      'token',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'access_token=abcdef' },
      ['it is application/x-www-form-urlencoded'],
    ],
    [
      'the token answer is a redirect',
      'token',
      { status: 302, headers: { location: '/login?x=1' }, body: '' },
      ['/login; redirects are not followed'],
    ],
    [
      'the token answer is a 404',
      'token',
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not here</h1>' },
      ["a page titled 'Not here'", 'status 404'],
    ],
  ])('%s', async (_title, endpoint, answer, told) => {
    answers(endpoint, answer);
    await expectRefusal(await portal.signIn('plain'), { code, sentence, told });
  });

  it.each<[string, string, Partial<ScriptedAnswer>, string]>([
    [
      'is a page',
      'page',
      { headers: { 'content-type': 'text/html' }, body: '<title>Welcome</title>' },
      "a page titled 'Welcome'",
    ],
    [
      'redirects',
      'moved',
      { status: 301, headers: { location: 'https://id.example.com/realms/acme' }, body: '' },
      'to https://id.example.com/realms/acme;',
    ],
  ])('the metadata %s: the start says so, with its status', async (_title, id, answer, told) => {
    portal.idp.scripts.metadata = (honest) => ({ ...honest, ...answer });
    await expectRefusal(await portal.signIn(id), { code, sentence, status: 500, told: [told] });
  });
});

describe('signed userinfo', () => {
  const signed = (make: () => Promise<string>) => {
    portal.idp.scripts.userinfo = async (honest) => ({
      ...honest,
      headers: { 'content-type': 'application/jwt' },
      body: await make(),
    });
  };

  it.each(['plain', 'signing'])('is verified and used, at the refresh too: %s', async (id) => {
    signed(async () =>
      portal.idp.sign({ ...jane, name: 'Jane Signed', iss: portal.idp.issuer, aud: 'test-client' }),
    );
    const login = await signedIn(id);
    expect(login.response?.profile.displayName).toBe('Jane Signed');
    const { status, body } = await portal.refresh(login, id);
    expect({ status, name: body.profile?.displayName }).toEqual({ status: 200, name: 'Jane Signed' });
    expect(await portal.logged(portal.latestOf(id))).not.toContain('"grace":true');
  });

  it('that somebody else signed signs nobody in, and ends a session', async () => {
    const login = await signedIn();
    const { privateKey } = await generateKeyPair('RS256');
    signed(async () => portal.idp.sign(jane, { key: privateKey }));
    await expectRefusal(await portal.signIn('plain'), {
      code: 'ERR_PROVIDER_ANSWER_INVALID',
      told: ['userinfo signature'],
    });
    expect((await portal.refresh(login, 'plain')).status).toBe(401);
  });
});

describe('the issuer', () => {
  it('that the metadata names instead is refused, both whole, with the key that mends it', async () => {
    const given = `https://sts.example.com/${tenant}/v2.0/`;
    metadata({ issuer: given });
    await expectRefusal(await portal.signIn('elsewhere'), {
      code: 'ERR_PROVIDER_ANSWER_INVALID',
      status: 401,
      told: [`expected: ${portal.idp.issuer}/internal`, `given: ${given}`, "set 'issuer' to what it names"],
    });
  });

  it('that config states is the one that metadata, ID token and redirect have to name', async () => {
    await signedIn('twin');
    const login = await portal.signIn('twin', {
      callback(url) {
        url.searchParams.set('iss', `${portal.idp.issuer}/twin`);
        return url;
      },
    });
    await expectRefusal(login, {
      code: 'ERR_PROVIDER_ANSWER_INVALID',
      told: ['callback iss', `expected: ${portal.idp.issuer}`, `given: ${portal.idp.issuer}/twin`],
    });
    await expectRefusal(await portal.signIn('wrongly'), {
      code: 'ERR_PROVIDER_ANSWER_INVALID',
      status: 401,
      told: [`expected: ${portal.idp.issuer}/stated`, `given: ${portal.idp.issuer}`, 'changed by: issuer'],
    });
  });
});

describe('claims of two documents', () => {
  it('what userinfo lacks is taken from the ID token, and kept at a refresh without one', async () => {
    portal.idp.person = { sub: 'jane-123' };
    idToken({ name: 'Jane Doe', email: 'jane@example.com', email_verified: true });
    const login = await signedIn();
    expect(login.response?.profile).toEqual({ email: 'jane@example.com', displayName: 'Jane Doe' });
    const tree = await until(
      async () => portal.explain(portal.latestOf('plain')),
      /ID token: name, email, email_verified/,
    );
    expect(tree).toMatch(/userinfo: sub/);
    tokens({ id_token: undefined });
    const { body } = await portal.refresh(login, 'plain');
    expect(body.profile).toEqual(login.response?.profile);
  });

  it('an address is never verified by the other document', async () => {
    portal.idp.person = { sub: 'jane-123', email: 'jane@example.com' };
    idToken({ email: 'jane@example.com', email_verified: true });
    await expectRefusal(await portal.signIn('plain'), {
      code: 'ERR_EMAIL_NOT_VERIFIED',
      told: ['says nothing of email_verified'],
    });
  });
});

describe('an address that is not verified', () => {
  const code = 'ERR_EMAIL_NOT_VERIFIED';
  const sentences = {
    false:
      'Your e-mail address is not verified at the sign-in provider. Verify it there, then sign in again.',
    absent:
      'The sign-in provider does not say whether your e-mail address is verified. Ask whoever runs this portal.',
    text: 'The sign-in provider does not say in the agreed form that your e-mail address is verified. Ask whoever runs this portal.',
  };

  it.each<[string, unknown, string, string]>([
    ['false', false, sentences.false, 'The provider says email_verified: false'],
    ['absent', undefined, sentences.absent, 'dangerouslyTrustUnverifiedEmail: [absent]'],
    ['absent as null', null, sentences.absent, 'dangerouslyTrustUnverifiedEmail: [absent]'],
    ['the text "true"', 'true', sentences.text, 'dangerouslyTrustUnverifiedEmail: [text]'],
    ['the text "false"', 'false', sentences.false, 'The provider says email_verified: false'],
  ])('has three causes with three sentences: %s', async (_title, email_verified, sentence, told) => {
    portal.idp.person = { ...jane, email_verified };
    await expectRefusal(await portal.signIn('plain'), { code, sentence, told: [told] });
  });

  it.each<[string, unknown, boolean]>([
    ['trusting', undefined, true],
    ['trusting', 'true', true],
    ['trusting', false, false],
    ['trustingAbsent', undefined, true],
    ['trustingAbsent', 'true', false],
    ['trustingAbsent', false, false],
    ['trustingFalse', false, true],
    ['trustingFalse', undefined, false],
  ])('counts with the switch of %s for email_verified %j: %j', async (id, email_verified, counts) => {
    portal.idp.person = { ...jane, email_verified };
    const { response, error } = await portal.signIn(id);
    expect(error?.code).toBe(counts ? undefined : code);
    expect(response?.profile.email).toBe(counts ? 'jane@example.com' : undefined);
  });

  it('is told of at start, by what the switch trusts', () => {
    const warned = portal.output.stdout
      .split('\n')
      .filter((line) => line.includes('an e-mail address counts although'));
    expect(warned.find((line) => line.includes('providers.trusting.'))).toMatch(
      /one that it says is not verified never counts/,
    );
    expect(warned.find((line) => line.includes('providers.trustingFalse.'))).toMatch(
      /says that it is NOT verified/,
    );
  });
});

describe('groups', () => {
  const overages: [string, object][] = [
    [
      '_claim_names',
      { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.example' } } },
    ],
    ['hasgroups', { hasgroups: true }],
  ];

  it.each(overages)('that are too many for a token are recognised: %s', async (_title, claims) => {
    idToken(claims);
    await expectRefusal(await portal.signIn('grouped'), {
      code: 'ERR_GATE_GROUP',
      told: [
        'auth.providers.grouped.production.allow.groups could not be judged.',
        'more groups than fit into a token',
        'emit only the groups that are assigned to the application',
      ],
    });
  });

  it('that are nowhere are told with the claims that there are', async () => {
    await expectRefusal(await portal.signIn('grouped'), {
      code: 'ERR_GATE_GROUP',
      told: ["has the claim 'groups' (groupsClaim); they have sub, name, email, email_verified"],
    });
  });
});

/** Each block stands in docs/guides/openid-vendors.md. */
describe('the guide of vendors', () => {
  it('AD FS: userinfo with a subject only, everything else in the ID token', async () => {
    portal.idp.person = { sub: 'jane-123' };
    idToken({
      email: 'jane@example.com',
      unique_name: 'ACME\\jane',
      upn: 'jane@acme.example',
      group: 'ACME\\portal',
    });
    const login = await signedIn('adfs');
    expect((await portal.refresh(login, 'adfs')).body.profile?.email).toBe('jane@example.com');
  });

  it('Azure AD B2C: the metadata of a policy names an issuer with the id of the tenant, and no userinfo', async () => {
    const issuer = `${portal.idp.issuer}/${tenant}/v2.0/`;
    metadata({
      issuer,
      userinfo_endpoint: undefined,
      authorization_response_iss_parameter_supported: undefined,
    });
    idToken({ iss: issuer, email: 'jane@example.com', name: 'Jane Doe', tfp: 'B2C_1_signin' });
    const { response, error } = await portal.signIn('b2c', { callback: withoutIssuer });
    expect(error).toBeUndefined();
    expect(response?.profile).toEqual({ email: 'jane@example.com', displayName: 'Jane Doe' });
  });

  it('Cognito: email_verified is a text in userinfo, groups are in the ID token', async () => {
    portal.idp.person = { ...jane, email_verified: 'true', username: 'jane' };
    idToken({ 'cognito:groups': ['portal'], 'cognito:username': 'jane' });
    await signedIn('cognito');
  });

  it('Zitadel: roles are the keys of an object under a name with colons', async () => {
    portal.idp.person = {
      ...jane,
      'urn:zitadel:iam:org:project:roles': { admins: { 206: 'acme.zitadel.example' } },
    };
    await signedIn('zitadel');
  });

  it('Keycloak by an internal name: the metadata names the public issuer, roles are at a path', async () => {
    const issuer = `${portal.idp.issuer}/realms/acme`;
    metadata({ issuer });
    portal.idp.person = { ...jane, realm_access: { roles: ['portal-user', 'offline_access'] } };
    idToken({ iss: issuer });
    const login = await portal.signIn('keycloak', {
      callback(url) {
        url.searchParams.set('iss', issuer);
        return url;
      },
    });
    expect(login.error).toBeUndefined();
    expect(login.response?.backstageIdentity.identity.userEntityRef).toBe('user:default/jane');
  });
});

function withoutIssuer(url: URL): URL {
  url.searchParams.delete('iss');
  return url;
}
