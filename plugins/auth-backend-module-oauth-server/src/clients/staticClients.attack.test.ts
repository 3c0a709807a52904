/** Whoever knows the id of a client of the config, and not its secret. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPortal } from '../testing/portal.ts';
import { redirectUri, withOAuth, type OAuthPortal, type TestClient } from '../testing/oauthPortal.ts';

const notes: TestClient & { secret: string } = { id: 'acme-notes', secret: 'kf8Zq0vWc3RrT1yLmN5d' };
const wiki: TestClient & { secret: string } = { id: 'acme-wiki', secret: 'p2Xs9bHj4UeGa6QoVi7w' };
const terminal: TestClient = { id: 'acme-terminal' };
const loopback = 'http://127.0.0.1:9000/callback';

let portal: OAuthPortal;
let jane: string;
beforeAll(async () => {
  portal = withOAuth(
    await startPortal({
      auth: {
        staticClients: [
          { clientId: notes.id, clientSecret: notes.secret, redirectUris: [redirectUri, loopback] },
          { clientId: wiki.id, clientSecret: wiki.secret, redirectUris: [redirectUri] },
          { clientId: terminal.id, redirectUris: [redirectUri] },
        ],
        clientIdMetadataDocuments: { enabled: true },
        experimentalRefreshToken: { enabled: true },
      },
    }),
  );
  jane = await portal.userToken();
});
afterAll(async () => portal.stop());

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** Ways of not being the client, by the body and by the header. */
const impostors: [string, string, Record<string, string | undefined>, Record<string, string>][] = [
  ['no secret', '401 invalid_client', { client_secret: undefined }, {}],
  ['an empty secret', '401 invalid_client', { client_secret: '' }, {}],
  ['a wrong secret', '401 invalid_client', { client_secret: 'wrong' }, {}],
  [
    'the secret but its last character',
    '401 invalid_client',
    { client_secret: notes.secret.slice(0, -1) },
    {},
  ],
  ['the secret in another case', '401 invalid_client', { client_secret: notes.secret.toLowerCase() }, {}],
  ['the secret of another', '401 invalid_client', { client_secret: wiki.secret }, {}],
  ['the id of another, proven', '400 invalid_grant', { client_id: wiki.id, client_secret: wiki.secret }, {}],
  [
    'the id of a client without a secret',
    '400 invalid_grant',
    { client_id: terminal.id, client_secret: undefined },
    {},
  ],
  ['an id of nobody', '400 invalid_grant', { client_id: 'nobody', client_secret: undefined }, {}],
  ['an id of nobody and a secret', '401 invalid_client', { client_id: 'nobody' }, {}],
  ['the id in another case', '401 invalid_client', { client_id: notes.id.toUpperCase() }, {}],
  ['no id', '401 invalid_client', { client_id: undefined, client_secret: undefined }, {}],
  ['a secret and no id', '401 invalid_client', { client_id: undefined }, {}],
  [
    'an empty secret in the header',
    '401 invalid_client',
    { client_id: undefined, client_secret: undefined },
    basic(notes.id, ''),
  ],
  [
    'a wrong secret in the header',
    '401 invalid_client',
    { client_id: undefined, client_secret: undefined },
    basic(notes.id, 'wrong'),
  ],
  [
    'a wrong secret in the header, and the right one in the body',
    '400 invalid_request',
    {},
    basic(notes.id, 'wrong'),
  ],
  [
    'the id of another in the header',
    '400 invalid_request',
    { client_secret: undefined },
    basic(wiki.id, wiki.secret),
  ],
  ['a member of every object', '401 invalid_client', { client_id: '__proto__', client_secret: 'x' }, {}],
];

describe('a client of the config with a secret is not', () => {
  it.each(impostors)('whoever has %s: a code', async (_what, refusal, changes, headers) => {
    const code = await portal.code(notes, jane);
    const { status, body } = await portal.exchange(notes, code, changes, headers);
    expect(`${status} ${body.error}`).toBe(refusal);
    expect(body).not.toHaveProperty('access_token');
    // Not spent by it.
    expect((await portal.exchange(notes, code)).status).toBe(200);
  });

  it.each(impostors)('whoever has %s: a refresh token', async (_what, refusal, changes, headers) => {
    const { refresh_token: token } = await portal.grant(notes, jane);
    const fields = { grant_type: 'refresh_token', refresh_token: String(token), ...changes };
    const { status, body } = await portal.token(notes, fields, headers);
    expect(`${status} ${body.error}`).toBe(refusal);
    expect(body).not.toHaveProperty('access_token');
    expect((await portal.refreshWith(notes, token)).status).toBe(200);
  });

  it('whoever would revoke with less than the secret, or as another', async () => {
    const { refresh_token: token } = await portal.grant(notes, jane);
    for (const [client, refusal] of [
      [{ id: notes.id }, 401],
      [{ id: notes.id, secret: 'wrong' }, 401],
      [{ id: 'nobody' }, 401],
      [wiki, 400],
      [terminal, 400],
    ] as const) {
      expect((await portal.revoke(client, token)).status).toBe(refusal);
    }
    expect(
      (await portal.revoke(notes, token, { client_id: undefined, client_secret: undefined })).status,
    ).toBe(401);
    expect((await portal.refreshWith(notes, token)).status).toBe(200);
  });

  it('told from one that is not there, nor a wrong secret from a wrong method', async () => {
    const answers = [
      await portal.exchange({ id: notes.id, secret: 'wrong' }, 'x'),
      await portal.exchange({ id: 'nobody', secret: 'wrong' }, 'x'),
      await portal.exchange({ id: terminal.id, secret: 'wrong' }, 'x'),
    ];
    for (const { status, text, headers } of answers) {
      expect([status, text]).toEqual([401, answers[0]?.text]);
      expect(headers.get('www-authenticate')).toBe('Basic realm="auth"');
    }
  });
});

describe('a client of the config', () => {
  it.each([
    ['another port of this machine', loopback.replace('9000', '9001')],
    ['no port', loopback.replace(':9000', '')],
    ['another spelling of this machine', loopback.replace('127.0.0.1', 'localhost')],
    ['a longer path', `${loopback}/x`],
    ['a query', `${loopback}?x=y`],
    ['upper case', loopback.replace('callback', 'Callback')],
    ['credentials', loopback.replace('127', 'user@127')],
    ['an encoded path', loopback.replace('callback', '%63allback')],
  ])('is answered at its addresses to the letter, and not at %s', async (_what, uri) => {
    const { status, body, location } = await portal.authorize(notes, { redirect_uri: uri });
    expect([status, body.error, location]).toEqual([400, 'invalid_request', '']);
  });

  it('must use PKCE with S256, with a secret too', async () => {
    for (const changes of [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge_method: undefined },
      { code_challenge_method: 'plain' },
      { code_challenge_method: 's256' },
    ]) {
      for (const client of [notes, terminal]) {
        const { location } = await portal.authorize(client, changes);
        expect(new URL(location).searchParams.get('error')).toBe('invalid_request');
      }
    }
    const { status, body } = await portal.exchange(notes, await portal.code(notes, jane), {
      code_verifier: undefined,
    });
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  it('has a secret that stands in no log, answer or refusal', async () => {
    portal.logs.length = 0;
    await portal.grant(notes, jane);
    await portal.exchange({ id: notes.id, secret: `${notes.secret}x` }, 'x');
    const refused = await portal.exchange({ id: wiki.id, secret: notes.secret }, 'x');
    const text = [...portal.logs, refused.text].join('\n');
    expect(text).not.toContain(notes.secret);
    expect(text).not.toContain(wiki.secret);
  });
});

describe('a weak secret of a client in the config', () => {
  const production = async (clientSecret: string) =>
    startPortal({
      idp: portal.idp,
      isProduction: true,
      config: {
        backend: {
          baseUrl: 'https://portal.example',
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
      },
      auth: {
        session: { secret: 'Zt5rW8yQ2uMx0vLk7cNb' },
        staticClients: [{ clientId: notes.id, clientSecret, redirectUris: [redirectUri] }],
      },
    });

  it.each(['changeme', 'changeme12345678', 'aaaaaaaaaaaaaaaa', 'short', 'your-client-secret-here'])(
    '%s does not start in production',
    async (secret) => {
      const starting = production(secret);
      await expect(starting).rejects.toThrow('auth.staticClients[0].clientSecret');
      await expect(starting).rejects.not.toThrow(`'${secret}'`);
    },
  );

  it('starts elsewhere', async () => {
    const loud = await startPortal({
      idp: portal.idp,
      auth: {
        staticClients: [{ clientId: notes.id, clientSecret: 'changeme', redirectUris: [redirectUri] }],
      },
    });
    await loud.stop();
  });
});
