/** The guide "Sign in without a backend framework", followed to the letter. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const guide = await readFile(join(root, 'docs/guides/without-a-framework.md'), 'utf8');
const files = [...guide.matchAll(/<!-- file (\S+) -->\s*```\w*\n([\s\S]*?)```/g)];
const clientSecret = 'a-client-secret-for-the-guide';

let folder: string;
let url: string;
let idp: DevIdpServer;
let portal: ChildProcess;

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  idp = await startDevIdp({
    clients: [{ clientId: 'portal', clientSecret, redirectUris: [`${url}/api/auth/oidc/handler/frame`] }],
  });
  // Where the packages of this repository are found, as in the folder of a user.
  const parent = join(root, 'node_modules/.cache');
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(join(parent, 'without-a-framework-'));
  for (const [, name = '', text = ''] of files) await writeFile(join(folder, name), text);
  portal = spawn(
    process.execPath,
    ['--conditions=vestibule:source', '--import', join(root, 'scripts/ts.mjs'), 'portal.mjs'],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        APP_CONFIG_backend_baseUrl: JSON.stringify(url),
        AUTH_SESSION_SECRET: 'a-session-secret-for-the-guide',
        OIDC_METADATA_URL: idp.metadataUrl,
        OIDC_CLIENT_ID: 'portal',
        OIDC_CLIENT_SECRET: clientSecret,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  await printed(portal, `Portal at ${url}`);
}, 60_000);

afterAll(async () => {
  portal.kill('SIGKILL');
  await idp.stop();
  await rm(folder, { recursive: true });
});

it('has the three files', () => {
  expect(files.map(([, name]) => name)).toEqual(['app-config.yaml', 'people.yaml', 'portal.mjs']);
});

/** What the page's script does. */
async function signIn(as: string) {
  const browser = new HttpBrowser();
  const query = new URLSearchParams({
    env: 'development',
    flow: 'redirect',
    origin: url,
    redirectUrl: `${url}/`,
  });
  const started = await browser.send(`${url}/api/auth/oidc/start?${query}`);
  const back = await browser.send(await idp.authorize(started.headers.get('location') ?? '', { as }));
  const headers = { 'x-requested-with': 'XMLHttpRequest' };
  const session = await browser.send(`${url}/api/auth/oidc/refresh?env=development`, { headers });
  return { browser, back, session };
}

it('shows a page and greets who signs in', async () => {
  const page = await fetch(url);
  expect(await page.text()).toContain('<a>Sign in</a>');
  const { browser, back, session } = await signIn('jane');
  expect([back.status, back.headers.get('location')]).toEqual([302, `${url}/`]);
  const { backstageIdentity } = JSON.parse(session.text) as { backstageIdentity: { token: string } };
  const hello = await browser.send(`${url}/hello`, {
    headers: { authorization: `Bearer ${backstageIdentity.token}` },
  });
  expect([hello.status, hello.text]).toEqual([200, 'Hello user:default/jane']);
});

it('refuses who is not among the people, and tokens that are none', async () => {
  const { back, session } = await signIn('omar');
  expect(back.headers.get('location') ?? back.text).toContain('ERR_RESOLVER_NO_MATCH');
  expect(session.status).toBe(401);
  const hello = await fetch(`${url}/hello`, { headers: { authorization: 'Bearer e30.e30.e30' } });
  expect(hello.status).toBe(401);
});

it('ends by itself when it is told to', async () => {
  const ended = once(portal, 'exit');
  portal.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits for a line; a program that ends before it is an error with everything it printed. */
async function printed(child: ChildProcess, line: string): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(line)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`the program of the guide ended:\n${output}`)));
  });
}
