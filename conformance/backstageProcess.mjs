// Starts backstageBackend.mjs, or another program that tells as much, and ends it, by its process id, when the test is over.
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Starts a real Backstage backend.
 *
 * @param options - `auth`: `stub`, `ours` or `services`, as in backstageBackend.mjs. `config`: gets port and base URL, gives the config.
 *   `program`: default `backstageBackend.mjs`; it is given `auth` as its first argument. `env`: variables beside ours;
 *   `NODE_ENV` is `development` by default. `port`: default a free one. `cwd`: where it is started, by default here.
 * @returns its base URL, port and config file, its process, what it told (`messages`), what it logged, and a promise of the end of its
 *   start.
 */
export async function startBackstage(context, options) {
  const { auth, config, program = 'backstageBackend.mjs', env = {}, cwd = here } = options;
  const { port = await freePort() } = options;
  const baseUrl = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-conformance-'));
  const file = join(folder, 'app-config.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(await config({ port, baseUrl })));
  const child = fork(join(here, program), [auth, '--config', file], {
    cwd,
    silent: true,
    env: { ...process.env, NODE_ENV: 'development', ...env },
  });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  const messages = [];
  const started = new Promise((resolve, reject) => {
    child.on('message', (message) => {
      messages.push(message);
      if (message.error)
        reject(new Error(`the Backstage backend did not start: ${message.error}\n${output}`));
      if (message.outcome) resolve(message);
    });
    child.once('exit', (code) => reject(new Error(`the Backstage backend ended with ${code}\n${output}`)));
  });
  started.catch(() => {});
  context.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return { baseUrl, port, configFile: file, child, messages, started, output: () => output };
}

/** A port that was free a moment ago, below those that systems give out by themselves: none of them is taken meanwhile. */
export async function freePort() {
  for (;;) {
    const server = createServer().listen(randomInt(20_000, 32_000), '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (error.code === 'EADDRINUSE') continue;
      throw error;
    }
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
  }
}
