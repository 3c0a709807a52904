// What the trial of created projects shares: the tarballs, `npm create` from its own, and a project under way.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];

/** A folder that is gone after the trial. */
export function temporaryFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-create-'));
  context.after(async () => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The command line that `npm create vestibule` comes to, with the tarball in place of the registry. */
export function createCommand(packed, ...args) {
  const own = readdirSync(packed).find((name) => name.startsWith('create-vestibule-'));
  return [
    'npx',
    '--yes',
    '--prefer-offline',
    `--package=file:${join(packed, own)}`,
    'create-vestibule',
    ...args,
    `--packages=${packed}`,
  ];
}

/** Runs a program to its end. @returns what it printed. @throws Error where it fails. */
export async function run(cwd, command, ...args) {
  const options = { cwd, env: userEnvironment(), maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const how = error.code ?? error.signal;
      reject(new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${how}:\n${stdout}${stderr}`));
    });
    child.stdin.end();
  });
}

/** `npm install`, then its own checks: types by the build, and its tests. @returns what the tests printed. */
export async function installAndTest(project) {
  await run(project, 'npm', 'install', '--prefer-offline', ...quietly);
  return run(project, 'npm', 'test');
}

/**
 * The dependencies that another project with the same ones, or with more, has installed already.
 *
 * @param options - `isLast`: the other one needs them no longer.
 */
export async function installFrom(other, project, { isLast = false } = {}) {
  const [from, to] = [other, project].map((folder) => join(folder, 'node_modules'));
  if (isLast) renameSync(from, to);
  else cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  await run(project, 'npm', 'install', '--prefer-offline', ...quietly);
}

/** What its Dockerfile leaves in the image, in a folder: `RUN` but for the installation from nothing, then `COPY`. */
export async function imageOf(project, folder) {
  const [build, final] = readFileSync(join(project, 'Dockerfile'), 'utf8')
    .split(/^FROM .*$/m)
    .slice(1);
  const [, command] = /^RUN (npm run build.*)$/m.exec(build);
  await run(project, 'sh', '-c', command);
  mkdirSync(folder);
  for (const [, names] of final.matchAll(/^COPY (?:--from=build )?(.*) \S+$/gm))
    for (const name of names.split(' ').map((path) => path.replace(/^\/app\//, '')))
      cpSync(join(project, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  const [, entry] = /^CMD (.*)$/m.exec(final);
  return JSON.parse(entry);
}

/**
 * Starts a program in a project, by default `npm start`, and waits until it is ready.
 *
 * @returns its address, its port, what it printed, and `stop()`, which tells it to end as a terminal does.
 */
export async function start(context, project, { command = ['npm', 'start'], environment = {}, port } = {}) {
  const chosen = port ?? (await freePort());
  const url = `http://localhost:${chosen}`;
  const child = spawn(command[0], command.slice(1), {
    cwd: project,
    env: { ...userEnvironment(), PORT: String(chosen), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: npm, its shell and Node are ended together.
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data));
  const ended = once(child, 'close');
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (isRunning()) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  context.after(stop);
  while (!(await isReady(url))) {
    if (!isRunning()) throw new Error(`it ended instead of being ready:\n${printed}`);
    await delay(200);
  }
  return { url, port: chosen, printed: () => printed, stop, exitCode: () => child.exitCode };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/.backstage/health/v1/readiness`)).ok;
  } catch {
    return false;
  }
}

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Answers questions on a pseudo-terminal: waits for a text, then presses keys. @returns all that was shown. */
export async function answer(cwd, command, steps) {
  // The terminal begins without a size, in which every text is too long.
  const line = `stty cols 120 rows 40; exec ${command.map((word) => `'${word}'`).join(' ')}`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd,
    env: { ...userEnvironment(), TERM: 'xterm' },
  });
  let shown = '';
  const waiting = [...steps];
  child.stdout.on('data', (data) => {
    shown += data;
    if (waiting.length > 0 && shown.includes(waiting[0].after)) child.stdin.write(waiting.shift().press);
  });
  const tooLate = setTimeout(() => child.kill(), 120_000);
  const [code] = await once(child, 'close');
  clearTimeout(tooLate);
  if (code !== 0 || waiting.length > 0) throw new Error(`it ended with ${code}, asked to here:\n${shown}`);
  return shown;
}

/** As a user has it: nothing of the process that runs the trial. */
function userEnvironment() {
  const { PATH, HOME, npm_config_registry: registry, npm_config_cache: cache } = process.env;
  return {
    PATH,
    HOME,
    ...(registry && { npm_config_registry: registry }),
    ...(cache && { npm_config_cache: cache }),
  };
}

/** @returns where a Chromium is. @throws Error where there is none. */
export function findChromium() {
  const places = [
    process.env.VESTIBULE_TEST_BROWSER,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found === undefined) throw new Error('No Chromium was found. VESTIBULE_TEST_BROWSER may name one.');
  return found;
}
