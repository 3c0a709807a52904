/** deploy/nginx/vestibule.conf in a real nginx, before the command in production: without TLS, and on other ports. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { logout, portalConfig, refresh, secrets, signIn } from '../testing/portal.ts';
import {
  endProcesses,
  freePort,
  runScript,
  runVestibule,
  type RunningProcess,
} from '../testing/vestibuleProcess.ts';

// Whole sign-ins beside other tests with processes.
jest.setTimeout(60_000);

/** More than the other tests send. */
const limit = 60;

const conf = fileURLToPath(new URL('../../../../deploy/nginx/vestibule.conf', import.meta.url));
const { error } = spawnSync('nginx', ['-v']);
if (error && process.env.CI !== undefined) throw new Error('nginx is not there');
if (error) console.log('The config of nginx is not tested: nginx is not there.');

(error ? describe.skip : describe)('behind nginx', () => {
  let folder: string;
  let front: number;
  let base: string;
  let text: string;
  let idp: DevIdpServer;
  let nginx: ChildProcess | undefined;
  let backend: RunningProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vestibule-nginx-'));
    // Workers run as another user.
    await chmod(folder, 0o755);
    front = await freePort();
    base = `http://localhost:${front}/api/auth`;
    const port = await freePort();
    const redirectUris = [`${base}/oidc/handler/frame`];
    idp = await startDevIdp({
      clients: [{ clientId: 'portal', clientSecret: secrets.client, redirectUris }],
    });
    const catalog = runScript(new URL('../testing/catalogServer.ts', import.meta.url), [base]);
    await catalog.printed('"url"');
    const { url: catalogUrl } = JSON.parse(catalog.output.stdout) as { url: string };
    const database = { client: 'better-sqlite3', connection: ':memory:' };
    await writeFile(
      join(folder, 'app-config.yaml'),
      portalConfig({ port: front, listenPort: port, database, idp, catalogUrl }),
    );
    backend = runVestibule(['start'], {
      directory: folder,
      environment: {
        NODE_ENV: 'production',
        AUTH_OIDC_CLIENT_SECRET: secrets.client,
        APP_CONFIG_backend_trustProxy: '1',
        APP_CONFIG_backend_rateLimit: JSON.stringify({
          window: '1h',
          incomingRequestLimit: limit,
          ipAllowList: [],
        }),
      },
    });
    await backend.printed('Vestibule is ready: ');

    text = await readFile(conf, 'utf8');
    const own = text
      .replace('server 127.0.0.1:7007;', `server 127.0.0.1:${port};`)
      .replace('listen 443 ssl;', `listen 127.0.0.1:${front};`)
      .replace(/^ *ssl_.*\n/gm, '');
    const main = `
daemon off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${own}
}`;
    await writeFile(join(folder, 'nginx.conf'), main);
    const child = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    nginx = child;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`nginx ended:\n${log}`)));
      child.stderr.setEncoding('utf8').on('data', (line: string) => {
        log += line;
        if (log.includes('start worker process')) resolve();
      });
    });
  }, 180_000);

  afterAll(async () => {
    if (nginx && nginx.exitCode === null) {
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
    }
    await endProcesses();
    await idp?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('people sign in, refresh and sign out', async () => {
    const browser = new HttpBrowser();
    const { response } = await signIn(browser, base, idp);
    expect(response.backstageIdentity.identity.userEntityRef).toBe('user:default/jane');
    expect((await refresh(browser, base)).status).toBe(200);
    expect((await logout(browser, base)).status).toBe(200);
  });

  it('as many cookies pass as the backend takes', async () => {
    const cookie = `large=${'x'.repeat(12_000)}`;
    const answer = await fetch(`${base}/.well-known/jwks.json`, { headers: { cookie } });
    expect(answer.status).toBe(200);
  });

  it('connections are given up before the backend closes them', async () => {
    const reference = await readFile(
      new URL('../../../../docs/reference/configuration.md', import.meta.url),
      'utf8',
    );
    const [, closes] = /keepAliveTimeout`[^\n]*`(\d+)s`/.exec(reference) ?? [];
    const [, kept] = /^ *keepalive_timeout (\d+)s;/m.exec(text) ?? [];
    expect(Number(kept)).toBeLessThan(Number(closes));
  });

  it('callers cannot make up addresses, and so escape the limit of requests', async () => {
    const statuses = [];
    for (let number = 1; number <= limit; number += 1) {
      const made = { 'x-forwarded-for': `203.0.113.${number}` };
      statuses.push((await fetch(`${base}/.well-known/jwks.json`, { headers: made })).status);
    }
    expect([statuses[0], statuses.at(-1)]).toEqual([200, 429]);
  });
});
