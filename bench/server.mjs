// A measured server: a process on a core of its own, with the probe in it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { openConnection } from './connection.mjs';

const probe = new URL('probe.mjs', import.meta.url).href;
const hasTaskset = spawnSync('taskset', ['--version']).status === 0;
const startDeadlineMilliseconds = 60_000;

/** The load and the stubs keep to the second core, and leave the first to the server. */
export function keepToSecondCore() {
  if (hasTaskset) spawnSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)]);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @param program - `args` of node, and `cwd`, `env`; `port` is where it will answer 200 to GET `readyPath`.
 * @param options - `isProbed: false` for a start as users have it; `flags` for node.
 * @returns With `startMilliseconds`, from the spawn to that answer.
 */
export async function startServer(
  { args, cwd, env = {}, port, readyPath },
  { isProbed = true, flags = [] } = {},
) {
  const log = `${cwd}/server.log`;
  const output = openSync(log, 'w');
  const command = [
    ...(hasTaskset ? ['taskset', '-c', '0'] : []),
    process.execPath,
    ...flags,
    ...(isProbed ? ['--import', probe] : []),
    ...args,
  ];
  const begun = performance.now();
  const child = spawn(command[0], command.slice(1), {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  const exited = once(child, 'exit');
  while (!(await isAnswering(port, readyPath))) {
    if (child.exitCode !== null || performance.now() - begun > startDeadlineMilliseconds) {
      child.kill('SIGKILL');
      throw new Error(`${args.join(' ')} did not start:\n${readFileSync(log, 'utf8').slice(-3000)}`);
    }
    await delay(3);
  }

  return {
    port,
    startMilliseconds: performance.now() - begun,
    /** What the process has used until now. With `collect`, after a collection of garbage, where node has --expose-gc. */
    async usage({ collect = false } = {}) {
      child.send({ collect });
      const [used] = await once(child, 'message');
      return used;
    },
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exited;
      clearTimeout(timer);
    },
  };
}

async function isAnswering(port, path) {
  const connection = openConnection(port);
  try {
    return (await connection.send('GET', path)).status === 200;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

/** The folder of the bench. */
export const here = fileURLToPath(new URL('.', import.meta.url)).slice(0, -1);
