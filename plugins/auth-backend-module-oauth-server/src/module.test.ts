/** With the module and without it: what a backend says, and what becomes of what is stored. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { testDatabases } from '@vestibule/backend-test-utils';
import { authServerMetadataExtensionPoint } from '@vestibule/plugin-auth-node';
import oauthServer from './index.ts';
import { tables } from './oauthTables.ts';
import { startOAuthPortal, withOAuth, type OAuthPortal } from './testing/oauthPortal.ts';
import { startIdentityProvider, startPortal } from './testing/portal.ts';

const packageName = '@vestibule/plugin-auth-backend-module-oauth-server';
const staticClients = [{ clientId: 'acme-notes', redirectUris: ['http://127.0.0.1:9000/callback'] }];

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

describe('without the module', () => {
  let portal: OAuthPortal;
  beforeAll(async () => {
    portal = withOAuth(
      await startPortal({
        install: [],
        auth: { staticClients, experimentalRefreshToken: { enabled: true } },
      }),
    );
  });
  afterAll(async () => portal.stop());

  it.each(['staticClients', 'experimentalRefreshToken'])(
    'auth.%s is told of at the start, with the package to add',
    (key) => {
      const lines = portal.logs.filter((line) => line.includes(`auth.${key} has no effect`));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('"level":"warn"');
      expect(lines[0]).toContain(`backend.add(import('${packageName}'))`);
    },
  );

  it.each([
    ['GET', '/v1/authorize'],
    ['HEAD', '/v1/authorize'],
    ['GET', '/v1/sessions/x'],
    ['POST', '/v1/sessions/x/approve'],
    ['POST', '/v1/token'],
    ['POST', '/v1/revoke'],
    ['POST', '/v1/register'],
    ['POST', '/v1/offline-sessions/revoke'],
    ['GET', '/.well-known/oauth-authorization-server'],
    ['GET', '/.well-known/oauth-client/cli.json'],
  ])('%s %s is not there', async (method, path) => {
    expect((await portal.json(path, { method })).status).toBe(404);
  });

  it("tells Backstage's command to do without a metadata document", async () => {
    const { body } = await portal.json('/.well-known/oauth-client/cli.json');
    expect(body).toEqual({
      error: 'not_found',
      error_description: 'Client ID metadata documents not enabled',
    });
  });

  it('the discovery document is the one of a backend that has it off', async () => {
    const off = withOAuth(await startPortal({ idp: portal.idp }));
    const [{ body: there }, { body: here }] = [
      await off.json('/.well-known/openid-configuration'),
      await portal.json('/.well-known/openid-configuration'),
    ];
    expect(here).toEqual(there);
    expect(here['response_types_supported']).toEqual(['code', 'id_token']);
    await off.stop();
  });
});

describe.each(databases)('on $name', ({ config: database, connect }) => {
  it('a database that never had the module takes it, is left alone without it, and goes on with it again', async () => {
    const idp = await startIdentityProvider();
    const before = await startPortal({ idp, database, install: [] });
    const knex = await connect('auth');
    expect(await knex.schema.hasTable(tables.oauthGrants)).toBe(false);
    await before.stop();

    const first = await startOAuthPortal({ idp, database });
    const client = await first.register();
    const { refresh_token: refreshToken } = await first.grant(client, await first.userToken());
    const handle = await first.begin(client);
    await first.stop();

    const without = withOAuth(await startPortal({ idp, database, install: [] }));
    expect((await without.refreshWith(client, refreshToken)).status).toBe(404);
    await without.stop();

    const again = await startOAuthPortal({ idp, database });
    expect((await again.refreshWith(client, refreshToken)).status).toBe(200);
    expect((await again.decide(handle, await again.userToken())).status).toBe(200);
    await again.stop();
    await idp.stop();
  });
});

it('two modules that both say what the authorization server does stop the start', async () => {
  const other = createBackendModule({
    pluginId: 'auth',
    moduleId: 'acme-oauth-server',
    register({ registerInit }) {
      registerInit({
        deps: { metadata: authServerMetadataExtensionPoint },
        init({ metadata }) {
          metadata.setMetadata({
            response_types_supported: ['code'],
            grant_types_supported: ['authorization_code'],
            scopes_supported: ['openid'],
            token_endpoint_auth_methods_supported: ['none'],
          });
        },
      });
    },
  });
  const starting = startPortal({ install: [oauthServer, other], auth: { staticClients } });
  await expect(starting).rejects.toThrow(/Another module has said already/);
});
