// The package managers of the trials, each as strict as it can be: pnpm hoists nothing, and Yarn's Plug'n'Play has no fallback.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// CI has each of them expect a lockfile, which an empty folder has not.
const pnpm = ['--yes', 'pnpm@12.21.0'];
const yarn = ['--yes', '@yarnpkg/cli-dist@4.18.1'];

/**
 * `files` are its settings in a project; `install` its command line; `environment` what a program of the project is run with; `bin` the
 * way to the command of a package.
 */
export const packageManagers = {
  npm: {
    title: 'npm',
    files: () => ({}),
    install: ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    environment: () => ({}),
    bin: (folder, name) => join(folder, 'node_modules/.bin', name),
  },
  pnpm: {
    title: 'pnpm, no hoisting',
    files: () => ({ 'pnpm-workspace.yaml': 'nodeLinker: isolated\nhoist: false\npublicHoistPattern: []\n' }),
    install: [
      'npx',
      ...pnpm,
      'install',
      '--no-frozen-lockfile',
      '--ignore-scripts',
      '--reporter=append-only',
    ],
    environment: () => ({}),
    // A script of the shell, which starts the program: a signal would end it alone.
    bin: (folder, name) => join(folder, `node_modules/@vestibule/cli/bin/${name}.js`),
  },
  yarn: {
    title: "Yarn, Plug'n'Play",
    files: (folder) => ({
      '.yarnrc.yml': [
        'nodeLinker: pnp',
        'pnpMode: strict',
        'pnpFallbackMode: none',
        'enableScripts: false',
        'enableImmutableInstalls: false',
        // Shared, it would keep a tarball of before, under the same name.
        `globalFolder: ${JSON.stringify(join(folder, '.yarn/global'))}`,
        '',
      ].join('\n'),
    }),
    install: ['npx', ...yarn, 'install'],
    environment: (folder) => ({
      NODE_OPTIONS: [
        `--require ${join(folder, '.pnp.cjs')}`,
        `--experimental-loader ${pathToFileURL(join(folder, '.pnp.loader.mjs')).href}`,
      ].join(' '),
    }),
    bin: (folder, name) => run(folder, 'npx', ...yarn, 'bin', name).trim(),
  },
};

/** @throws Error with all that it printed, where it does not end with 0. */
export function run(folder, command, ...args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}
