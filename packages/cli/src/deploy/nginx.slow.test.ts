/** deploy/nginx/vestibule.conf in a real nginx, before the command in production: without TLS, and on other ports. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logout, portalConfig, refresh, secrets, signIn } from '../testing/portal.ts';
import {
  endProcesses,
  freePort,
  runScript,
  runVestibule,
  type RunningProcess,
} from '../testing/vestibuleProcess.ts';

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
error_log stderr;
events {}
http {
access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${own}
}`;
    await writeFile(join(folder, 'nginx.conf'), main);
    nginx = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await answers(`http://127.0.0.1:${front}/`);
  }, 60_000);

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

  it('the address of the browser is known, and cannot be made up', async () => {
    await fetch(`${base}/nothing-of-the-kind`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    await backend.printed('nothing-of-the-kind');
    expect(backend.output.stdout).not.toContain('203.0.113.9');
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
});

/** Asks until somebody answers. */
async function answers(url: string): Promise<void> {
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
