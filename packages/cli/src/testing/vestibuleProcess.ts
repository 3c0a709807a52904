/**
 * The command as a process of its own: from source, or, with `VESTIBULE_TEST_COMMAND=node_modules/.bin/vestibule` or the
 * standalone one's path, as it was built.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const fromSource = (tree: string) => [
  '--conditions=vestibule:source',
  '--import',
  pathToFileURL(join(tree, 'scripts/ts.mjs')).href,
];
const running = new Set<ChildProcess>();

/** How a process ended, and all it had printed. */
export interface EndedProcess {
  readonly code: unknown;
  readonly signal: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under way. */
export interface RunningProcess {
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<EndedProcess>;
  /** Waits until the output has the text. @throws Error when the process ends before. */
  printed(text: string): Promise<void>;
  /** Sends a signal that does not end it. */
  send(signal: 'SIGHUP'): void;
  /** Sends the signal and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<EndedProcess>;
}

interface Surroundings {
  directory: string;
  /** With nothing else in it. */
  environment: Record<string, string>;
}

/** `vestibule …`, the one under test. */
export function runVestibule(args: readonly string[], options: Surroundings): RunningProcess {
  const { VESTIBULE_TEST_COMMAND: built } = process.env;
  return built === undefined ? runSources(args, options) : run(resolve(root, built), args, options);
}

/** `vestibule …` of the sources, whichever is under test. */
export function runSources(args: readonly string[], options: Surroundings): RunningProcess {
  const bin = join(root, 'packages/cli/src/bin.ts');
  return run(process.execPath, [...fromSource(root), bin, ...args], options);
}

/** A TypeScript file of the tests as a program of its own. `tree`: the copy of this repository that it is part of. */
export function runScript(file: URL | string, args: readonly string[], tree = root): RunningProcess {
  const options = { directory: tree, environment: {} };
  return run(process.execPath, [...fromSource(tree), fileURLToPath(new URL(file)), ...args], options);
}

/** Ends whatever a failed test has left. */
export async function endProcesses(): Promise<void> {
  const children = [...running];
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(
    children.map(async (child) => child.exitCode ?? child.signalCode ?? once(child, 'close')),
  );
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function run(
  command: string,
  args: readonly string[],
  { directory, environment }: Surroundings,
): RunningProcess {
  const child = spawn(command, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => {
    running.delete(child);
    return { code, signal, ...output };
  });
  return {
    output,
    ended,
    printed: async (text) =>
      new Promise<void>((resolvePrinted, reject) => {
        const look = () => output.stdout.includes(text) && resolvePrinted();
        child.stdout.on('data', look);
        look();
        void ended.then(({ stdout, stderr }) =>
          reject(new Error(`ended without printing '${text}':\n${stdout}${stderr}`)),
        );
      }),
    send: (signal) => void child.kill(signal),
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
