/** The demo as `npm start` runs it, as a process of its own on a free port of loopback, with a database in memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  /** Laid over the demo's config. */
  config?(url: string): object;
}

/**
 * Starts it in development mode from the sources, so that nothing needs to be built.
 *
 * @throws Error with everything it printed, where it does not start.
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const { port, config = () => ({}) } = options;
  const url = `http://localhost:${port ?? (await freePort())}`;
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-demo-'));
  const layers = [overrides(url), config(url)].map((layer, index) => ({
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
    { cwd: repository, env: { ...process.env, NODE_ENV: 'development' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
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
