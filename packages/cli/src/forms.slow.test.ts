/**
 * The forms of the command behave alike: from source, built, and standalone. `VESTIBULE_TEST_COMMAND` names the one under
 * test; without it, that is the sources.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endProcesses, freePort, runSources, runVestibule } from './testing/vestibuleProcess.ts';

const { VESTIBULE_TEST_COMMAND: command } = process.env;
const form = command === undefined ? 'sources' : command.endsWith('.mjs') ? 'standalone' : 'packages';
const root = fileURLToPath(new URL('../../..', import.meta.url));
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-forms-'));
  const config = {
    backend: {
      baseUrl: 'http://localhost:7007',
      listen: '127.0.0.1:0',
      database: { client: 'better-sqlite3', connection: { directory: './data' } },
    },
    auth: { providers: { guest: {} } },
  };
  await Promise.all([
    write('app-config.yaml', config),
    write('clients.yaml', { auth: { staticClients: [{ clientId: 'notes', redirectUris: ['http://x/'] }] } }),
    write('demo.yaml', { devIdp: { enabled: true } }),
    write('stopped.yaml', { backend: { listen: `127.0.0.1:${await freePort()}` } }),
    write('faulty.yaml', { backend: { baseUrl: 'nowhere' }, auth: { sesion: {}, providers: { okta: {} } } }),
  ]);
});

afterAll(async () => {
  await endProcesses();
  await rm(directory, { recursive: true });
});

async function write(name: string, content: unknown): Promise<void> {
  await writeFile(join(directory, name), JSON.stringify(content));
}

const withDemo = ['--config', 'app-config.yaml', '--config', 'demo.yaml'];

describe('whatever its form, the command prints the same for', () => {
  it.each([
    ['its version', ['--version']],
    ['its help', ['--help']],
    ['the help of a command', ['graph', '--help']],
    ['what it does not understand', ['strat']],
    ['a graph', ['graph', '--mermaid']],
    ['a graph as a page', ['graph', '--html']],
    ['a migration', ['migrate', 'app-config.yaml', 'clients.yaml', 'faulty.yaml']],
    ['a migration to production, as data', ['migrate', 'app-config.yaml', '--production', '--json']],
    ['an explanation of what is not there', ['explain', '0123456789']],
    ['a backend that does not run', ['health', '--config', 'stopped.yaml']],
    ['an address that no config tells', ['health']],
    ['a config with faults', ['start', '--config', 'faulty.yaml']],
    ['the demo in production', ['start', ...withDemo], 'production'],
  ])('%s', async (_, args, mode = 'development') => {
    const [tested, sources] = await Promise.all(
      [runVestibule, runSources].map(async (run, index) => {
        const own = join(directory, String(index));
        await mkdir(own, { recursive: true });
        for (const name of await readdir(directory)) {
          if (name.endsWith('.yaml')) await writeFile(join(own, name), await readFile(join(directory, name)));
        }
        const { code, stdout, stderr } = await run(args, {
          directory: own,
          environment: { NODE_ENV: mode },
        }).ended;
        return { code, stdout: comparable(stdout, own), stderr: comparable(stderr, own) };
      }),
    );
    expect(tested).toEqual(sources);
    expect([...tested!.stdout, ...tested!.stderr].join('')).not.toBe('');
  });
});

/** Without times, ports, and the folders where each runs and where each stands. What is slower may come later. */
function comparable(text: string, folder: string): string[] {
  return text
    .replaceAll(folder, '')
    .replace(/"timestamp":"[^"]*"/g, '')
    .replace(/127\.0\.0\.1:\d+/g, '')
    .replace(/\S*\/(?:packages\/|plugins\/|@vestibule\/(?:plugin-)?)([\w-]+\/src\/[\w/]+\.ts):\d+:\d+/g, '$1')
    .replace(/\b\d+(?:\.\d+)?(?:e-\d+)?\b/g, '0')
    .split('\n')
    .sort();
}

it('serves the sign-in page with all that it loads', async () => {
  const backend = runVestibule(['start'], { directory, environment: { NODE_ENV: 'development' } });
  await backend.printed('Vestibule is ready: ');
  const [, address = ''] = /Listening on (http:\/\/[\d.:]+)/.exec(backend.output.stdout) ?? [];
  const page = await (await fetch(`${address}/`)).text();
  const paths = [...page.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js|svg))"/g)].map(([, path]) => path);
  const answers = await Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(`${address}${path}`);
      return { path, status: answer.status, isEmpty: (await answer.text()) === '' };
    }),
  );
  await backend.end('SIGTERM');
  expect(new Set(paths.map((path) => path?.split('.').pop()))).toEqual(new Set(['css', 'js', 'svg']));
  expect(answers).toEqual(paths.map((path) => ({ path, status: 200, isEmpty: false })));
});

it('has the commands that start nothing', async () => {
  const options = { directory, environment: { NODE_ENV: 'development' } };
  const run = async (...args: string[]) => runVestibule(args, options).ended;
  const checked = await run('check', '--format', 'json');
  expect([checked.code, JSON.parse(checked.stdout), checked.stderr]).toEqual([
    0,
    expect.objectContaining({ isGood: true }),
    '',
  ]);
  const printed = await run('config', 'print', '--path', 'backend.database.client');
  expect([printed.code, printed.stdout]).toEqual([0, expect.stringMatching(/^better-sqlite3 # /)]);
  const { code, stdout } = await run('config', 'schema');
  const { properties } = JSON.parse(stdout) as { properties: object };
  expect([code, Object.keys(properties)]).toEqual([0, expect.arrayContaining(['app', 'auth', 'backend'])]);
});

it('names the source file of a fault, and the line in it', async () => {
  const fault = `
    const write = process.stdout.write;
    process.stdout.write = function (text, ...rest) {
      if (String(text).startsWith('Vestibule is ready')) throw new TypeError('planted');
      return write.call(this, text, ...rest);
    };`;
  const options = [`--import data:text/javascript,${encodeURIComponent(fault)}`];
  // The others do it of themselves.
  if (form === 'sources') options.push('--enable-source-maps');
  const { code, stdout } = await runVestibule(['start'], {
    directory,
    environment: { NODE_ENV: 'development', NODE_OPTIONS: options.join(' ') },
  }).ended;
  const line = stdout.split('\n').find((text) => text.includes('planted')) ?? '{}';
  const { error } = JSON.parse(line) as { error?: { stack: string[] } };
  const frames = error?.stack.join('\n') ?? '';
  const [, row] = /^at runBackend \(.*\/cli\/src\/runBackend\.ts:(\d+):\d+\)$/m.exec(frames) ?? [];
  const source = await readFile(new URL('runBackend.ts', import.meta.url), 'utf8');
  expect(code).toBe(1);
  expect(source.split('\n')[Number(row) - 1]).toContain('process.stdout.write(');
});

/** From Node 24 on, SQLite is Node's. */
const itBefore24 = Number.parseInt(process.versions.node, 10) < 24 ? it : it.skip;

itBefore24('says what is missing where there is no driver for SQLite', async () => {
  const fault = `
    import Module from 'node:module';
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (name, ...rest) {
      if (!name.startsWith('@libsql/')) return resolve.call(this, name, ...rest);
      throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
    };`;
  const { code, stderr } = await runVestibule(['start'], {
    directory,
    environment: {
      NODE_ENV: 'development',
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(fault)}`,
    },
  }).ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(
      /There is no driver for SQLite: Node [\d.]+ brings none that serves, and the package @libsql\/[\w-]+ is not installed \[ERR_DATABASE_UNAVAILABLE\]\n +Use Node 24/,
    ),
  });
});

/** What the commands load. A number that falls is lowered here; one that rises has its reason. */
const mostModules = {
  // With SQLite.
  start: {
    sources: { ours: 598, others: 700 },
    // Four pieces are what `vestibule sessions` reads of sign-in and of the OAuth server, through entries of their own.
    packages: { ours: 42, others: 700 },
    standalone: { ours: 41, others: 0 },
  },
  // Probes run it every few seconds.
  health: {
    sources: { ours: 100, others: 75 },
    packages: { ours: 8, others: 75 },
    standalone: { ours: 8, others: 0 },
  },
};

describe('loads no more modules than it did', () => {
  it('to start', async () => {
    const backend = runCounted('start');
    await backend.printed('Vestibule is ready: ');
    await backend.end('SIGTERM');
    await expectNoMoreModules('start');
  });

  it('to ask whether it is ready', async () => {
    const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code } = await runCounted('health', { APP_CONFIG_backend_listen: String(port) }).ended;
    server.close();
    expect(code).toBe(0);
    await expectNoMoreModules('health');
  });

  function runCounted(command: keyof typeof mostModules, environment: Record<string, string> = {}) {
    return runVestibule([command], {
      directory,
      environment: {
        NODE_ENV: 'development',
        NODE_V8_COVERAGE: join(directory, `coverage-${command}`),
        ...environment,
      },
    });
  }

  async function expectNoMoreModules(command: keyof typeof mostModules): Promise<void> {
    const coverage = join(directory, `coverage-${command}`);
    const reports = await Promise.all(
      (await readdir(coverage)).map(
        async (name) =>
          JSON.parse(await readFile(join(coverage, name), 'utf8')) as { result: { url: string }[] },
      ),
    );
    const files = reports
      .flatMap(({ result }) => result.map(({ url }) => url))
      // The sources are compiled as they are loaded, by what is no part of them.
      .filter((url) => url.startsWith('file:') && !/\/scripts\/|\/@swc\//.test(url));
    const others = files.filter((url) => /\/node_modules\/(?!@vestibule\/)/.test(url)).length;
    const ours = files.length - others;
    const most = mostModules[command][form];
    expect({ ours: Math.max(ours, most.ours), others: Math.max(others, most.others) }).toEqual(most);
    // So that the numbers above say something.
    expect(ours + others).toBeGreaterThan(0.9 * (most.ours + most.others));
  }
});

(form === 'packages' ? it : it.skip)('is made of packages with one file for each entry', async () => {
  const packages = await packagesBeside(await realpath(resolve(root, command!)));
  const pieces = packages.flatMap(({ name, files, entries }) => {
    const scripts = files.filter((file) => file.endsWith('.js') && !file.startsWith('client/'));
    expect(scripts).toEqual(expect.arrayContaining(entries.map(({ file }) => file)));
    return scripts.length > entries.length ? [name] : [];
  });
  // The command loads what it is asked for, others share between their entries, and those with routes load what the OpenAPI
  // document says of them when somebody asks for it.
  expect([
    '@vestibule/backend-defaults',
    '@vestibule/cli',
    '@vestibule/plugin-auth-backend',
    '@vestibule/plugin-auth-backend-module-oauth-server',
    '@vestibule/plugin-auth-web',
  ]).toEqual(expect.arrayContaining(pieces));
  expect(packages.flatMap(({ files }) => files.filter((file) => file.endsWith('.d.ts.map')))).toEqual([]);

  const names = packages.flatMap(({ entries }) => entries.flatMap(({ imported }) => imported ?? []));
  expect(names).toContain('@vestibule/cli');
  // Node requires modules from 20.19 and 22.12 on.
  const script = `
    if (process.features.require_module)
      for (const name of ${JSON.stringify(names)}) if (Object.keys(require(name)).length === 0) console.log(name);`;
  const cwd = join(await realpath(resolve(root, command!)), '../..');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd, encoding: 'utf8' });
  expect({ status, stdout, stderr: status === 0 ? '' : stderr }).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
});

/** The packages that lie where that of the command does. */
async function packagesBeside(bin: string) {
  const parent = join(bin, '../../..');
  const all = await Promise.all(
    (await readdir(parent)).sort().map(async (folder) => {
      const text = await readFile(join(parent, folder, 'package.json'), 'utf8');
      const { name, exports, bin: hasBin } = JSON.parse(text) as PackageManifest;
      if (exports === undefined) return [];
      const entries: { file: string; imported?: string }[] = Object.entries(exports)
        .filter(([path]) => path !== './package.json')
        .map(([path, { default: file }]) => ({ file: relative('dist', file), imported: join(name, path) }));
      if (hasBin) entries.push({ file: 'bin.js' });
      const files = await readdir(join(parent, folder, 'dist'), { recursive: true });
      return [{ name, files, entries }];
    }),
  );
  return all.flat();
}

interface PackageManifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, { default: string }>>;
  readonly bin?: unknown;
}
