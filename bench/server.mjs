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

/** Those of a run, so that none outlives it. */
export function createServers() {
  const running = new Set();
  const stop = async (server) => {
    running.delete(server);
    await server.stop();
  };
  return {
    async start(program, options) {
      const server = await startServer(program, options);
      running.add(server);
      return server;
    },
    stop,
    /** What each wrote last: why it gave a wrong answer. */
    lastWords: () =>
      [...running].map((server) => server.log().split('\n').slice(-12).join('\n')).join('\n\n'),
    async stopAll() {
      for (const server of running) await stop(server);
    },
  };
}

/** Replicas as one server: what all of them have used. */
export function together(servers) {
  return {
    ports: servers.flatMap(({ ports }) => ports),
    async usage() {
      const all = await Promise.all(servers.map(async (server) => server.usage()));
      const sum = (key) => all.reduce((total, used) => total + used[key], 0);
      return { cpu: sum('cpu'), statements: sum('statements'), rss: sum('rss') };
    },
  };
}

/**
 * @param program - `args` of node, and `cwd`, `env`; `port` is where it will answer 200 to GET `readyPath`.
 * @param options - `isProbed: false` for a start as users have it; `flags` for node.
 * @returns With `startMilliseconds`, from the spawn to that answer.
 */
async function startServer({ args, cwd, env = {}, port, readyPath }, { isProbed = true, flags = [] } = {}) {
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
    ports: [port],
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
