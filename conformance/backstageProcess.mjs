// Starts backstageBackend.mjs, or another program that tells as much, and ends it, by its process id, when the test is over.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Starts a real Backstage backend.
 *
 * @param options - `auth`: `stub`, `ours` or `services`, as in backstageBackend.mjs. `config`: gets port and base URL, gives the config.
 *   `program`: default `backstageBackend.mjs`; it is given `auth` as its first argument.
 * @returns its base URL, what it told (`messages`), what it logged, and a promise of the end of its start.
 */
export async function startBackstage(context, { auth, config, program = 'backstageBackend.mjs' }) {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-conformance-'));
  const file = join(folder, 'app-config.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(await config({ port, baseUrl })));
  const child = fork(program, [auth, '--config', file], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    silent: true,
    env: { ...process.env, NODE_ENV: 'development' },
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
  return { baseUrl, messages, started, output: () => output };
}

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
