/** The demo as `npm start` runs it, as a process of its own on a free port of loopback, with a database in memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDevIdp } from '@vestibule/dev-idp';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));

/** A running demo. */
export interface Demo {
  /** For example `http://localhost:40123`. */
  url: string;
  stop(): Promise<void>;
}

/** What may differ from `npm start`. */
export interface DemoOptions {
  /** Default: a free one. */
  port?: number;
  /** As somebody's production would be, with the identity provider elsewhere. Default: development. */
  isProduction?: boolean;
  /** Laid over the demo's config. */
  config?(url: string): object;
}

/**
 * Starts it from the sources, so that nothing needs to be built.
 *
 * @throws Error with everything it printed, where it does not start.
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const { port, isProduction = false, config = () => ({}) } = options;
  const url = `http://localhost:${port ?? (await freePort())}`;
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-demo-'));
  const elsewhere = isProduction ? await provider(url) : undefined;
  const layers = [overrides(url), elsewhere?.config ?? {}, config(url)].map((layer, index) => ({
    file: join(directory, `app-config.${index}.yaml`),
    text: JSON.stringify(layer),
  }));
  for (const { file, text } of layers) await writeFile(file, text);
  const child = spawn(
    process.execPath,
    [
      '--conditions=vestibule:source',
      '--enable-source-maps',
      '--import',
      './scripts/ts.mjs',
      'packages/cli/src/bin.ts',
      'start',
      '--config',
      'app-config.yaml',
      ...layers.flatMap(({ file }) => ['--config', file]),
    ],
    {
      cwd: repository,
      env: { ...process.env, NODE_ENV: isProduction ? 'production' : 'development' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await elsewhere?.stop();
    await rm(directory, { recursive: true, force: true });
  };

  let printed = '';
  const ready = new Promise<'ready'>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.includes('Vestibule is ready')) resolve('ready');
      });
    }
  });
  if ((await Promise.race([ready, exited])) !== 'ready') {
    await stop();
    throw new Error(`the demo did not start:\n${printed}`);
  }
  return { url, stop };
}

/** The identity provider as a server of its own, and the config of a portal in production that goes there. */
async function provider(url: string): Promise<{ config: object; stop(): Promise<void> }> {
  const clientId = 'portal';
  const clientSecret = 'k2Jm-client-secret-of-the-demo-7Qx';
  const idp = await startDevIdp({
    clients: [{ clientId, clientSecret, redirectUris: [`${url}/api/auth/oidc/handler/frame`] }],
  });
  const production = {
    clientId,
    clientSecret,
    metadataUrl: idp.metadataUrl,
    additionalScopes: ['offline_access'],
    signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
  };
  const config = {
    auth: {
      environment: 'production',
      session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' },
      providers: { oidc: { development: null, production } },
    },
    devIdp: { enabled: false },
  };
  return { config, stop: () => idp.stop() };
}

function overrides(url: string): object {
  return {
    app: { baseUrl: url },
    backend: {
      baseUrl: url,
      listen: { host: '127.0.0.1', port: Number(new URL(url).port) },
      database: { client: 'better-sqlite3', connection: ':memory:' },
    },
    auth: {
      providers: {
        oidc: { development: { metadataUrl: `${url}/dev-idp/.well-known/openid-configuration` } },
      },
    },
  };
}

/** A port of loopback that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
