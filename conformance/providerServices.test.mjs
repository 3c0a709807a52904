// Our providers as services, instead of modules, in a real Backstage backend with our auth plugin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEmulatedGitHub } from '@vestibule/emulated-vendors';
import { createBrowser, readAnswer } from './browser.mjs';
import { startBackstage } from './backstageProcess.mjs';

const client = { clientId: 'conformance', clientSecret: 'conformance-client-secret' };

test('providers that are services of a real createBackend() sign in, through gates and ownership', async (context) => {
  let github;
  const backstage = await startBackstage(context, {
    auth: 'services',
    async config({ port, baseUrl }) {
      github = await startEmulatedGitHub({
        clients: [{ ...client, redirectUris: [`${baseUrl}/api/auth/github/handler/frame`] }],
        organizations: { acme: { members: ['jane'] } },
      });
      context.after(async () => github.stop());
      return {
        app: { baseUrl },
        backend: {
          baseUrl,
          listen: { host: '127.0.0.1', port },
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
        auth: {
          environment: 'development',
          session: { secret: 'conformance-session-secret-0123456789' },
          ownership: { mode: 'transitive' },
          providers: {
            google: { development: client },
            github: {
              development: {
                ...client,
                enterpriseInstanceUrl: github.url,
                allow: { githubOrganizations: ['acme'] },
                signIn: { resolvers: [{ resolver: 'usernameMatchingUserEntityName' }] },
              },
            },
          },
        },
      };
    },
  });
  assert.equal((await backstage.started).outcome, 'success');
  const base = `${backstage.baseUrl}/api/auth`;
  const query = `env=development&origin=${backstage.baseUrl}`;

  const google = await createBrowser().send(`${base}/google/start?${query}`);
  assert.equal(google.status, 302, `${google.text}\n${backstage.output()}`);
  assert.equal(new URL(google.headers.get('location')).host, 'accounts.google.com');

  const browser = createBrowser();
  const signIn = async (person) => {
    const start = await browser.send(`${base}/github/start?${query}`);
    assert.equal(start.status, 302, `${start.text}\n${backstage.output()}`);
    const page = await browser.send(await github.authorize(start.headers.get('location'), { as: person }));
    return readAnswer(page.text);
  };
  const refused = await signIn('omar');
  assert.equal(refused.error?.code, 'ERR_GATE_GITHUB_ORGANIZATION', JSON.stringify(refused));

  const { response, error } = await signIn('jane');
  assert.equal(error, undefined, `${JSON.stringify(error)}\n${backstage.output()}`);
  assert.deepEqual(response.backstageIdentity.identity, {
    type: 'user',
    userEntityRef: 'user:default/jane',
    ownershipEntityRefs: ['user:default/jane', 'group:default/rockets', 'group:default/research'],
  });
  const headers = { 'X-Requested-With': 'XMLHttpRequest' };
  const refreshed = await browser.send(`${base}/github/refresh?env=development`, { headers });
  assert.equal(refreshed.status, 200, refreshed.text);
});
