/**
 * Makes the fixture anew: runs the released code, lets people and a program act at it, and writes down what they hold and
 * what is in the databases. Needs a PostgreSQL server, and its `pg_dump`.
 *
 *   node --conditions=vestibule:source --import ./scripts/ts.mjs packages/cli/src/upgrade/testing/makeFixture.ts
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from '@vestibule/backend-test-utils';
import { startEmulatedGitHub } from '@vestibule/emulated-vendors';
import { freePort } from '../../testing/vestibuleProcess.ts';
import { freshDatabase } from './freshDatabase.ts';
import { filesOf, releasedPortals, type HeldThings, type ReleasedPortal } from './fixture.ts';
import { lastingIssuer, startLastingProvider } from './lastingProvider.ts';
import { actBeforeUpgrade } from './actBeforeUpgrade.ts';
import { saveDatabase } from './savedDatabase.ts';
import { copyReleasedCode, releasedCommit, type ReleasedCode } from './releasedCode.ts';
import { gitHubClient, writePortal } from './upgradedPortal.ts';

const released = await copyReleasedCode();
if (!released) throw new Error(`this clone has no commit ${releasedCommit}; fetch the whole history`);
try {
  for (const portal of releasedPortals) await makePortal(portal, released);
} finally {
  await released[Symbol.asyncDispose]();
}

async function makePortal(portal: ReleasedPortal, code: ReleasedCode): Promise<void> {
  const database = await freshDatabase(portal.engine);
  if (!database) throw new Error(`there is no ${portal.engine}`);
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-fixture-'));
  const port = await freePort();
  const idp = await startLastingProvider({ now: () => Date.now() });
  const redirectUris = [`${portal.baseUrl}/api/auth/github/handler/frame`];
  const gitHub = await startEmulatedGitHub({ clients: [{ ...gitHubClient, redirectUris }] });
  const { metadataUrl, clientId, clientSecret } = idp;
  const configFile = await writePortal({
    ...portal,
    directory,
    port,
    database: database.config,
    idp: { metadataUrl, issuer: lastingIssuer, clientId, clientSecret },
    gitHubUrl: gitHub.url,
  });
  const running = code.runPortal(configFile);
  await running.printed('Vestibule is ready');
  const url = `http://localhost:${port}`;
  const acted = await actBeforeUpgrade({ url, baseUrl: portal.baseUrl, idp, gitHub });
  await running.end('SIGTERM');
  const list = await code.runCommand(['explain', '--json', '--config', configFile]).ended;
  const records = JSON.parse(list.stdout) as { reference: string; outcome: string; provider: string }[];
  const allowed = records.find(({ outcome, provider }) => outcome === 'allowed' && provider === 'oidc');
  if (!allowed) throw new Error(`no sign-in is explained: ${list.stdout}${list.stderr}`);
  const held: HeldThings = {
    commit: releasedCommit,
    madeAt: Date.now(),
    ...acted,
    allowedReference: allowed.reference,
  };
  await writeFiles(portal, database, held);
  await Promise.all([gitHub.stop(), idp.close(), database.cleanup()]);
  await rm(directory, { recursive: true });
}

async function writeFiles(portal: ReleasedPortal, database: TestDatabase, held: HeldThings): Promise<void> {
  const files = filesOf(portal);
  await rm(files.folder, { recursive: true, force: true });
  await mkdir(files.folder, { recursive: true });
  await writeFile(files.held, `${JSON.stringify(held, undefined, 2)}\n`);
  await saveDatabase(portal.engine, database, files);
}
