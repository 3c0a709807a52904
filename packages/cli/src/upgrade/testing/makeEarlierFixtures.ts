/**
 * Makes the fixtures of releases anew that have none yet: runs the code of each, signs a person in, begins another sign-in,
 * and writes down what the browsers hold and what is in the database. Needs a PostgreSQL server, and its `pg_dump`.
 *
 *   node --conditions=vestibule:source --import ./scripts/ts.mjs packages/cli/src/upgrade/testing/makeEarlierFixtures.ts
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFrontEnd, HttpBrowser } from '@vestibule/backend-test-utils';
import { freePort } from '../../testing/vestibuleProcess.ts';
import {
  earlierBaseUrl,
  earlierPortals,
  filesOfEarlier,
  writeEarlierPortal,
  type EarlierPortal,
  type EarlierThings,
} from './earlierReleases.ts';
import { cookiesOf } from './fixture.ts';
import { freshDatabase } from './freshDatabase.ts';
import { startLastingProvider } from './lastingProvider.ts';
import { copyCode, type ReleasedCode } from './releasedCode.ts';
import { saveDatabase } from './savedDatabase.ts';
import { portalEnvironment } from './upgradedPortal.ts';

for (const portal of earlierPortals) {
  if (existsSync(filesOfEarlier(portal, portal.engine).held)) continue;
  await using code = await copyCode(portal.commit);
  if (!code) throw new Error(`this clone has no commit ${portal.commit}; fetch the whole history`);
  await make(portal, code);
}

async function make(portal: EarlierPortal, code: ReleasedCode): Promise<void> {
  const database = await freshDatabase(portal.engine);
  if (!database) throw new Error(`there is no ${portal.engine}`);
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-earlier-'));
  const port = await freePort();
  const idp = await startLastingProvider({ now: () => Date.now() }, (address) => address);
  const configFile = await writeEarlierPortal({ directory, port, database: database.config, idp });
  const running = code.runCommand(['start', '--config', configFile]);
  await running.printed('Vestibule is ready');
  const url = `http://localhost:${port}`;
  const origin = earlierBaseUrl;
  const frontEnd = createFrontEnd({ url }, { provider: 'oidc', environment: portalEnvironment, origin });

  const browser = new HttpBrowser();
  const { response, error } = await frontEnd.signIn(browser, { authorize: idp.authorize });
  if (!response?.backstageIdentity) throw new Error(`${portal.name}: ${JSON.stringify(error)}`);
  const other = new HttpBrowser();
  const query = new URLSearchParams({ env: portalEnvironment, origin, flow: 'popup' });
  const { headers } = await other.send(`${url}/api/auth/oidc/start?${query}`);
  const held: EarlierThings = {
    commit: portal.commit,
    issuer: idp.issuer,
    madeAt: Date.now(),
    session: cookiesOf(browser),
    begun: { cookies: cookiesOf(other), authorizationUrl: headers.get('location') ?? '' },
    userToken: response.backstageIdentity.token,
  };
  await running.end('SIGTERM');

  const files = filesOfEarlier(portal, portal.engine);
  await mkdir(files.folder, { recursive: true });
  await saveDatabase(portal.engine, database, files);
  await writeFile(files.held, `${JSON.stringify(held, undefined, 2)}\n`);
  process.stdout.write(`${portal.name} on ${portal.engine}\n`);
  await Promise.all([idp.close(), database.cleanup()]);
  await rm(directory, { recursive: true });
}
