/** Secrets of files that change while `vestibule start` runs: with a real OpenID Provider, and at SIGHUP. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { portalConfig, reachCallback, refresh, secrets, signIn } from './testing/portal.ts';
import { endProcesses, freePort, runScript, runVestibule } from './testing/vestibuleProcess.ts';

const longest = 120_000;
const nextClient = 'h9Xw-next-client-secret-of-production-2Lp';
const nextSession = 'Zt5Lr0Qe8Vb1Kj6Wm3Yx9Dn2Hs7Pc4GfAu';
let directory: string;
let port: number;
let base: string;
let idp: DevIdpServer;
let catalogUrl: string;

const write = async (name: string, text: string) => writeFile(join(directory, name), text);
const startIdp = async (clientSecret: string, at = 0) =>
  startDevIdp({
    port: at,
    clients: [{ clientId: 'portal', clientSecret, redirectUris: [`${base}/oidc/handler/frame`] }],
  });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-secrets-'));
  port = await freePort();
  base = `http://localhost:${port}/api/auth`;
  idp = await startIdp(secrets.client);
  const catalog = runScript(new URL('testing/catalogServer.ts', import.meta.url), [base]);
  await catalog.printed('"url"');
  ({ url: catalogUrl } = JSON.parse(catalog.output.stdout) as { url: string });
});
afterAll(async () => {
  await endProcesses();
  await idp.stop();
  await rm(directory, { recursive: true });
});

it(
  'takes the secrets of files as they are by then, and tells what waits for the next start',
  async () => {
    const database = { client: 'better-sqlite3', connection: { directory: join(directory, 'data') } };
    const config = portalConfig({ port, database, idp, catalogUrl })
      .replace('${AUTH_OIDC_CLIENT_SECRET}', '{ $file: client-secret }')
      .replace(`secret: ${secrets.session}`, 'secret: [{ $file: session-secret }, { $file: former-secret }]');
    await write('app-config.yaml', config);
    await write('client-secret', secrets.client);
    await write('session-secret', secrets.session);
    await write('former-secret', 'Wq2Kd9Xs4Lm7Bv0Ny5Tr8Hj1Gf6Zp3Ec');
    const backend = runVestibule(['start'], { directory, environment: { NODE_ENV: 'production' } });
    await backend.printed('Vestibule is ready: ');
    const jane = new HttpBrowser();
    await signIn(jane, base, idp);
    const begun = new HttpBrowser();
    const callback = await reachCallback(begun, base, idp);

    // The session secret, from its file, while a sign-in is under way.
    await write('former-secret', secrets.session);
    await write('session-secret', nextSession);
    await backend.printed('Read again: auth.session.secret');
    expect((await begun.send(callback)).status).toBe(200);
    expect((await refresh(jane, base)).status).toBe(200);

    // The provider has another client secret from now on.
    await idp.stop();
    idp = await startIdp(nextClient, idp.port);
    const early = new HttpBrowser();
    const refused = await early.send(await reachCallback(early, base, idp));
    expect(refused.text).toContain('ERR_PROVIDER_REFUSED');
    await write('client-secret', nextClient);
    await backend.printed('Read again: auth.providers.oidc.production.clientSecret');
    expect((await signIn(new HttpBrowser(), base, idp)).response.profile.email).toBe('jane@example.com');

    // What stands in the config itself is read at SIGHUP, and told.
    await write('app-config.yaml', config.replace('title: Acme portal', 'title: Another portal'));
    backend.send('SIGHUP');
    await backend.printed('Changed, takes effect at the next start: app.title');
    await write('client-secret', '');
    await backend.printed('auth.providers.oidc.production.clientSecret was read again and is not used');
    expect((await signIn(new HttpBrowser(), base, idp)).answer.status).toBe(200);
    const { code, stdout, stderr } = await backend.end('SIGTERM');
    expect(code).toBe(0);
    for (const secret of [...Object.values(secrets), nextClient, nextSession])
      expect(stdout + stderr).not.toContain(secret);
  },
  longest,
);
