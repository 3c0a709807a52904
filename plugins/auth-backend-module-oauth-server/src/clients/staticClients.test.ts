/** Clients that the config names, as they and a user meet the OAuth server. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { claimsOf, startPortal } from '../testing/portal.ts';
import {
  codeVerifier,
  issuer,
  redirectUri,
  withOAuth,
  type OAuthPortal,
  type TestClient,
} from '../testing/oauthPortal.ts';

const confidential = {
  id: 'acme-notes',
  secret: 'x7 Pq:9+/%2f=notes',
} satisfies TestClient;
const open: TestClient = { id: 'acme terminal' };

const staticClients = [
  {
    clientId: confidential.id,
    clientName: 'Acme notes',
    clientSecret: confidential.secret,
    redirectUris: [redirectUri, 'https://notes.example/callback'],
  },
  { clientId: open.id, redirectUris: [redirectUri, 'acme-terminal:/callback'] },
];

const refreshing = { experimentalRefreshToken: { enabled: true } };
const databases = await testDatabases();

let portal: OAuthPortal;
let jane: string;
beforeAll(async () => {
  portal = withOAuth(
    await startPortal({
      auth: {
        staticClients,
        ...refreshing,
        backstageTokenExpiration: { minutes: 20 },
      },
    }),
  );
  jane = await portal.userToken();
});
afterEach(() => portal.clock.reset());
afterAll(async () => {
  await portal.stop();
  await Promise.all(databases.map(async (database) => database.cleanup()));
});

const basic = ({ id, secret = '' }: TestClient) => {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
  return {
    authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`,
  };
};
const nameless = { id: '' };
const unnamed = { client_id: undefined };

describe('a client of the config', () => {
  it('is shown under its name, or else its id', async () => {
    for (const [client, name] of [
      [confidential, 'Acme notes'],
      [open, open.id],
    ] as const) {
      const handle = await portal.begin(client);
      expect((await portal.json(`/v1/sessions/${handle}`)).body).toEqual({
        id: handle,
        clientId: client.id,
        clientName: name,
        scope: 'openid offline_access',
        redirectUri,
      });
    }
  });

  it.each([
    ['in the body', async (code: string) => portal.exchange(confidential, code)],
    [
      'in a Basic header, form-encoded',
      async (code: string) => portal.exchange(nameless, code, unnamed, basic(confidential)),
    ],
  ])('proves itself with its secret %s, and gets what everybody gets', async (_where, exchange) => {
    const answer = await exchange(await portal.code(confidential, jane));
    expect(answer.status).toBe(200);
    const { access_token: token, refresh_token: refreshToken, ...rest } = answer.body;
    expect(rest).toEqual({
      token_type: 'Bearer',
      expires_in: expect.closeTo(1200, -1),
      id_token: token,
      scope: 'openid offline_access',
    });
    expect(claimsOf(String(token))).toMatchObject({
      iss: issuer,
      sub: 'user:default/jane',
      aud: ['backstage', confidential.id],
      azp: confidential.id,
    });
    const bearer = { headers: { authorization: `Bearer ${String(token)}` } };
    expect((await portal.json('/v1/userinfo', bearer)).body).toMatchObject({
      claims: { sub: 'user:default/jane' },
    });
    const { status, body } = await portal.refreshWith(confidential, refreshToken);
    expect([status, body['expires_in']]).toEqual([200, expect.closeTo(1200, -1)]);
    expect((await portal.revoke(confidential, body['refresh_token'])).status).toBe(200);
    expect((await portal.refreshWith(confidential, body['refresh_token'])).body.error).toBe('invalid_grant');
  });

  it.each([
    ['by its id in the body', async (code: string) => portal.exchange(open, code)],
    [
      'by a Basic header with an empty secret',
      async (code: string) => portal.exchange(nameless, code, unnamed, basic(open)),
    ],
    ['not at all', async (code: string) => portal.exchange(nameless, code, unnamed)],
  ])('without a secret names itself %s; the verifier is its proof', async (_how, exchange) => {
    const { status, body } = await exchange(await portal.code(open, jane));
    expect([status, claimsOf(String(body['access_token']))['azp']]).toEqual([200, open.id]);
    const next = await portal.refreshWith(open, body['refresh_token']);
    expect(next.status).toBe(200);
    expect((await portal.revoke(open, next.body['refresh_token'])).status).toBe(200);
  });

  it('is answered at any address of its list, also where no pattern for others would let it be', async () => {
    for (const [client, uri] of [
      [confidential, 'https://notes.example/callback'],
      [open, 'acme-terminal:/callback'],
    ] as const) {
      const { location } = await portal.authorize(client, { redirect_uri: uri, response_type: 'token' });
      expect(location.startsWith(`${uri}?error=unsupported_response_type`)).toBe(true);
    }
  });

  it('is told once to name itself, since that it need not is deprecated', async () => {
    const lines = portal.logs.filter((line) => line.includes('names no client_id'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"level":"warn"');
    expect(lines[0]).toContain(open.id);
    const { status } = await portal.exchange(nameless, await portal.code(open, jane), unnamed);
    expect(status).toBe(200);
    expect(portal.logs.filter((line) => line.includes('names no client_id'))).toHaveLength(1);
  });

  it('is gone when the config no longer has it, and its codes and refresh tokens with it', async () => {
    const [database] = databases;
    const before = withOAuth(
      await startPortal({
        idp: portal.idp,
        auth: { staticClients, ...refreshing },
        database: database!.config,
      }),
    );
    const user = await before.userToken();
    const { refresh_token: refreshToken } = await before.grant(confidential, user);
    const code = await before.code(confidential, user);
    await before.stop();

    const others = { staticClients: staticClients.slice(1), ...refreshing };
    const after = withOAuth(await startPortal({ idp: portal.idp, auth: others, database: database!.config }));
    for (const { status, body } of [
      await after.exchange(confidential, code),
      await after.exchange({ id: confidential.id }, code),
      await after.exchange(nameless, code, unnamed),
      await after.refreshWith(confidential, refreshToken),
      await after.refreshWith(nameless, refreshToken, unnamed),
    ]) {
      expect([status, body.error]).toEqual([401, 'invalid_client']);
      expect(body).not.toHaveProperty('access_token');
    }
    expect((await after.authorize(confidential)).status).toBe(400);
    await after.stop();
  });
});

describe('the switch', () => {
  it('is a client: with one in the config everything is there but registration and metadata documents', async () => {
    const some = withOAuth(await startPortal({ idp: portal.idp, auth: { staticClients } }));
    const { body } = await some.json('/.well-known/openid-configuration');
    expect(body).toMatchObject({
      scopes_supported: ['openid'],
      grant_types_supported: ['authorization_code'],
      revocation_endpoint: `${issuer}/v1/revoke`,
    });
    expect(body).not.toHaveProperty('registration_endpoint');
    expect(body).not.toHaveProperty('client_id_metadata_document_supported');
    expect((await some.json('/.well-known/oauth-client/cli.json')).status).toBe(404);
    expect((await some.json('/v1/register', { method: 'POST' })).status).toBe(404);
    const tokens = await some.grant(confidential, await some.userToken());
    expect([tokens['scope'], 'refresh_token' in tokens]).toEqual(['openid', false]);
    await some.stop();
  });

  it('is off with an empty list', async () => {
    const off = withOAuth(await startPortal({ idp: portal.idp, auth: { staticClients: [] } }));
    expect((await off.json('/v1/token', { method: 'POST' })).status).toBe(404);
    await off.stop();
  });
});

describe('the methods of the discovery document', () => {
  const secrets = ['client_secret_basic', 'client_secret_post'];
  const documents = { clientIdMetadataDocuments: { enabled: true } };
  const [withSecret, withoutSecret] = staticClients;
  it.each<[string, object, string[]]>([
    ['no client', {}, []],
    ['metadata documents alone', documents, ['none']],
    ['a client with a secret', { staticClients: [withSecret] }, secrets],
    ['a client without a secret', { staticClients: [withoutSecret] }, ['none']],
    ['clients of both kinds', { staticClients }, [...secrets, 'none']],
    ['a secret beside documents', { ...documents, staticClients: [withSecret] }, [...secrets, 'none']],
  ])('with %s', async (_what, auth, methods) => {
    const some = withOAuth(await startPortal({ idp: portal.idp, auth: { ...auth } }));
    const { body } = await some.json('/.well-known/openid-configuration');
    expect(body['token_endpoint_auth_methods_supported']).toEqual(methods);
    expect(body['code_challenge_methods_supported']).toEqual(['S256']);
    await some.stop();
  });
});

describe('a config', () => {
  const one = { clientId: 'notes', redirectUris: [redirectUri] };
  it.each<[string, string, object[]]>([
    ['two clients of one id', 'staticClients[1].clientId', [one, { ...one, clientSecret: codeVerifier }]],
    [
      'an id that is the URL of a document',
      'staticClients[0].clientId',
      [{ ...one, clientId: 'https://claude.ai/client.json' }],
    ],
    [
      'an id that any parser takes for a URL',
      'staticClients[0].clientId',
      [{ ...one, clientId: 'acme:notes' }],
    ],
    ['an id that no request could carry', 'staticClients[0].clientId', [{ ...one, clientId: 'nötes' }]],
    ['no id', 'staticClients[0].clientId', [{ ...one, clientId: '' }]],
    ['a name that cannot be seen', 'staticClients[0].clientName', [{ ...one, clientName: '\u200b' }]],
    ['a secret of nothing', 'staticClients[0].clientSecret', [{ ...one, clientSecret: '' }]],
    [
      'a secret that no request could carry',
      'staticClients[0].clientSecret',
      [{ ...one, clientSecret: 'a-line\n' }],
    ],
    ['no address', 'staticClients[0].redirectUris', [{ ...one, redirectUris: [] }]],
    [
      'an address that is none',
      'staticClients[0].redirectUris[0]',
      [{ ...one, redirectUris: ['/callback'] }],
    ],
    [
      'an address that runs as a script',
      'staticClients[0].redirectUris[1]',
      [{ ...one, redirectUris: [redirectUri, 'javascript:alert(1)'] }],
    ],
    [
      'an address with a fragment',
      'staticClients[0].redirectUris[0]',
      [{ ...one, redirectUris: [`${redirectUri}#top`] }],
    ],
  ])('with %s does not start', async (_what, path, clients) => {
    const starting = startPortal({ idp: portal.idp, auth: { staticClients: clients as never } });
    await expect(starting).rejects.toThrow(`auth.${path}`);
  });

  it.each<[string, object]>([
    ...['secret', 'password', 'secretHash', 'clientPassword', 'public'].map((key): [string, object] => [
      `staticClients[0].${key}`,
      { staticClients: [{ ...one, [key]: codeVerifier }] },
    ]),
    ...['allowedClientIds', 'clientIdPatterns', 'redirectUriPatterns', 'clients'].map(
      (key): [string, object] => [
        `clientIdMetadataDocuments.${key}`,
        { clientIdMetadataDocuments: { enabled: true, [key]: [redirectUri] } },
      ],
    ),
    [
      'experimentalDynamicClientRegistration.redirectUris',
      { experimentalDynamicClientRegistration: { enabled: true, redirectUris: [redirectUri] } },
    ],
    ['experimentalRefreshToken.lifetime', { experimentalRefreshToken: { enabled: true, lifetime: '1h' } }],
  ])('with a key that nobody knows, as %s, does not start: the rule would be dropped', async (path, auth) => {
    const said = await startPortal({ idp: portal.idp, auth: auth as never }).catch(String);
    expect(said).toContain(`auth.${path} is not a known key`);
    expect(said).not.toContain(codeVerifier);
  });

  it.each([null, ''])('with the client secret %j says how a public client is declared', async (secret) => {
    const auth = { staticClients: [{ ...one, clientSecret: secret }] };
    const said = await startPortal({ idp: portal.idp, auth }).catch(String);
    expect(said).toContain(
      'auth.staticClients[0].clientSecret must be text; leave the key out for a public client',
    );
  });
});
