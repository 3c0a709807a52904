/**
 * The started command beside one scripted OpenID Provider, for what vendors send: as many provider blocks as a test has
 * configs, one process. It tells what the page, the log and `vestibule explain` say of a login.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { HttpBrowser, startScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { main } from '../main.ts';
import { appOrigin, refresh, type AuthResponse } from './portal.ts';
import { freePort, runVestibule } from './vestibuleProcess.ts';

/** One block of `auth.providers`, laid over the defaults of the tests. */
export type VendorBlock = Readonly<Record<string, unknown>>;

/** How a sign-in ended. */
export interface VendorLogin {
  browser: HttpBrowser;
  /** Of the answer that the person sees last. */
  status: number;
  page: string;
  response?: AuthResponse;
  error?: { name: string; message: string; code: string; reference: string };
}

export type VendorPortal = Awaited<ReturnType<typeof startVendorPortal>>;

const clientSecret = 'k2Jm-client-secret-of-production-7Qx';

const catalog = `
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: jane, annotations: { acme.example/oid: oid-jane } }
spec: { profile: { displayName: Jane Doe, email: jane@example.com }, memberOf: [] }
`;

/**
 * @param blocks - By provider id, as a function of the provider's issuer, the keys of the block.
 */
export async function startVendorPortal(blocks: (issuer: string) => Readonly<Record<string, VendorBlock>>) {
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-vendors-'));
  const idp = await startScriptedOpenIdProvider({ clientSecret });
  const port = await freePort();
  const base = `http://localhost:${port}/api/auth`;
  const providers = Object.fromEntries(
    Object.entries(blocks(idp.issuer)).map(([id, block]) => [
      id,
      {
        type: 'oidc',
        production: {
          metadataUrl: idp.metadataUrl,
          clientId: idp.clientId,
          clientSecret: '${CLIENT_SECRET}',
          additionalScopes: ['offline_access'],
          signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
          ...block,
        },
      },
    ]),
  );
  const config = {
    app: { baseUrl: appOrigin },
    backend: {
      baseUrl: `http://localhost:${port}`,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: { directory: join(directory, 'data') } },
    },
    fileCatalog: { path: join(directory, 'catalog.yaml') },
    auth: {
      environment: 'production',
      session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' },
      providers,
    },
  };
  const configFile = join(directory, 'app-config.yaml');
  await writeFile(configFile, JSON.stringify(config));
  await writeFile(join(directory, 'catalog.yaml'), catalog);
  const backend = runVestibule(['start', '--config', configFile], {
    directory,
    environment: { NODE_ENV: 'production', CLIENT_SECRET: clientSecret },
  });
  await backend.printed('Vestibule is ready: ');

  return {
    idp,
    base,
    clientSecret,
    output: backend.output,

    /** From the start to the page, or to the address with which a redirect would end. */
    async signIn(
      id: string,
      { callback = (url) => url, browser = new HttpBrowser() }: SignInOptions = {},
    ): Promise<VendorLogin> {
      const query = new URLSearchParams({ env: 'production', origin: appOrigin, flow: 'popup', scope: '' });
      const headers = { accept: 'text/html' };
      const started = await browser.send(`${base}/${id}/start?${query}`, { headers });
      const location = started.headers.get('location');
      const answer =
        location === null
          ? started
          : await browser.send(callback(await idp.authorize(location)).href, { headers });
      return { browser, status: answer.status, page: answer.text, ...messageIn(answer.text) };
    },

    async refresh({ browser }: Pick<VendorLogin, 'browser'>, id: string) {
      const { status, text } = await refresh(browser, base, id);
      return { status, body: JSON.parse(text) as Partial<AuthResponse> & { error?: VendorLogin['error'] } };
    },

    async logout({ browser }: Pick<VendorLogin, 'browser'>, id: string): Promise<number> {
      const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };
      const answer = await browser.send(`${base}/${id}/logout?env=production`, { method: 'POST', headers });
      return answer.status;
    },

    /** What the log says of it, one line. */
    async logged(reference: string | RegExp): Promise<string> {
      const deadline = performance.now() + 5000;
      for (;;) {
        const line = backend.output.stdout
          .split('\n')
          .find((one) => (typeof reference === 'string' ? one.includes(reference) : reference.test(one)));
        if (line !== undefined) return line;
        if (performance.now() > deadline) throw new Error(`the log has no line of ${String(reference)}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },

    /** The reference of the latest line of the log that tells of this provider. */
    latestOf(id: string): string {
      const lines = backend.output.stdout.split('\n').filter((line) => line.includes(`"provider":"${id}"`));
      return /"reference":"([0-9a-f]{10})"/.exec(lines.at(-1) ?? '')?.[1] ?? 'none';
    },

    /** What `vestibule explain REFERENCE` prints, its lines joined where it broke them. */
    async explain(reference: string): Promise<string> {
      const written: string[] = [];
      // Where nothing is kept yet.
      const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      const out = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
        written.push(String(chunk));
        return true;
      });
      try {
        process.env['CLIENT_SECRET'] ??= clientSecret;
        await main(['explain', '--config', configFile, reference]);
      } finally {
        out.mockRestore();
        err.mockRestore();
        process.exitCode = undefined;
      }
      return written.join('').replace(/\n[│ ]*(?![├└│─ ])/g, ' ');
    },

    async stop(): Promise<void> {
      await backend.end('SIGTERM');
      await idp.close();
      await rm(directory, { recursive: true });
    },
  };
}

interface SignInOptions {
  /** Changes the address with which the provider sends the browser back. */
  callback?(url: URL): URL;
  browser?: HttpBrowser;
}

/** What a popup page posts. */
function messageIn(page: string): Pick<VendorLogin, 'response' | 'error'> {
  const [, message] = /data-message="([^"]*)"/.exec(page) ?? [];
  if (message === undefined) return {};
  const { response, error } = JSON.parse(decodeURIComponent(message)) as Pick<
    VendorLogin,
    'response' | 'error'
  >;
  return { ...(response && { response }), ...(error && { error }) };
}
