/** SIGTERM while a provider takes its time: what it answers before its own deadline is answered here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createFrontEnd, HttpBrowser, startScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { afterAll, expect, it } from '@jest/globals';
import { endProcesses, freePort, runVestibule } from './testing/vestibuleProcess.ts';

/** A call to a provider has 10 s; requests in flight had 9 s. */
const answersAfterMilliseconds = 9400;

const directory = await mkdtemp(join(tmpdir(), 'vestibule-slow-'));
afterAll(async () => {
  await endProcesses();
  await rm(directory, { recursive: true });
});

it('ends after the refresh that waits for it', async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const idp = await startScriptedOpenIdProvider({ clientSecret: 'k2Jm-client-secret-of-tests-7Qx' });
  const { metadataUrl, clientId, clientSecret } = idp;
  const config = {
    backend: {
      baseUrl: url,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: { directory } },
    },
    fileCatalog: { path: join(directory, 'catalog.yaml') },
    auth: {
      environment: 'production',
      session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' },
      providers: {
        oidc: {
          production: {
            metadataUrl,
            clientId,
            clientSecret,
            additionalScopes: ['offline_access'],
            signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
          },
        },
      },
    },
  };
  await writeFile(join(directory, 'app-config.yaml'), JSON.stringify(config));
  await writeFile(
    join(directory, 'catalog.yaml'),
    'kind: User\napiVersion: backstage.io/v1alpha1\nmetadata: { name: jane }\nspec: { profile: { email: jane@example.com } }\n',
  );
  const backend = runVestibule(['start'], { directory, environment: {} });
  await backend.printed('Vestibule is ready: ');
  const frontEnd = createFrontEnd({ url }, { provider: 'oidc', environment: 'production', origin: url });
  const browser = new HttpBrowser();
  // So that each refresh has to ask for new tokens.
  idp.scripts.token = ({ body, ...answer }) => ({ ...answer, body: { ...(body as object), expires_in: 60 } });
  await frontEnd.signIn(browser, { authorize: idp.authorize });

  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  idp.scripts.token = async (honest) => {
    asked();
    await delay(answersAfterMilliseconds);
    return honest;
  };
  const refreshing = frontEnd.refresh(browser);
  await isAsked;
  const ending = backend.end('SIGTERM');
  const { answer, response } = await refreshing;
  expect([answer.status, response?.backstageIdentity?.identity.userEntityRef]).toEqual([
    200,
    'user:default/jane',
  ]);
  const { code, stdout } = await ending;
  expect(code).toBe(0);
  expect(stdout).not.toContain('cut off');
  await idp.close();
}, 60_000);
