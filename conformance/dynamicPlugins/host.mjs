// A folder as of a Backstage backend, outside of the repository, and in it the folder of its dynamic plugins.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeDynamicPlugin } from '../../scripts/build/dynamicPlugin.mjs';
import { makePackedFolder } from '../../scripts/pack/packedFolder.mjs';
import { publishedPackages } from '../../scripts/pack/publishedPackages.mjs';
import { useTarballs } from '../../scripts/pack/use.mjs';

/** @returns `cwd`, where the backend is started, and `plugins`, the folder for them. */
export function makeHost(context) {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'vestibule-conformance-host-')));
  context.after(() => rmSync(cwd, { recursive: true, force: true }));
  const plugins = join(cwd, 'dynamic-plugins-root');
  mkdirSync(plugins);
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'host', version: '0.0.0', private: true, workspaces: { packages: [] } }),
  );
  return { cwd, plugins };
}

/** Each from its tarball, with its dependencies installed in it. */
export function installPackages(context, folder, names) {
  const packed = temporaryFolder(context);
  const { packages } = makePackedFolder(packed, names);
  for (const name of names) {
    // Outside of the host, whose workspace is none of its business.
    const unpacked = unpack(join(packed, packages[name].file), packed);
    useTarballs({ folder: unpacked, manager: 'npm', packed });
    const args = ['install', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    npm(unpacked, ...args);
    renameSync(unpacked, join(folder, basename(unpacked)));
  }
}

/** Each in one file, from the tarball that `npm pack` makes of its folder. */
export async function installFiles(context, folder, names) {
  const built = temporaryFolder(context);
  const published = publishedPackages();
  for (const name of names) {
    const plugin = await makeDynamicPlugin(published.get(name), built);
    const [{ filename }] = JSON.parse(npm(built, 'pack', '--json', plugin));
    unpack(join(built, filename), folder);
  }
}

/** @returns the folder, which is named as the tarball. */
function unpack(tarball, parent) {
  const folder = join(parent, basename(tarball, '.tgz'));
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  return folder;
}

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function temporaryFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-conformance-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** By its folder: the name in each manifest. */
export const namesIn = (folder) =>
  readdirSync(folder).map((one) => JSON.parse(readFileSync(join(folder, one, 'package.json'), 'utf8')).name);
