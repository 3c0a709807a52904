// `npm run trials`: all packages from their tarballs, in empty folders outside of the repository, under each package manager.
//   node scripts/trials.mjs [first letters of a trial …]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePackedFolder } from './pack/packedFolder.mjs';
import { backstage } from './trials/backstage.mjs';
import { backend, command, module } from './trials/ownPrograms.mjs';
import { packageManagers } from './trials/packageManagers.mjs';
import { requireEverything } from './trials/requireEverything.mjs';

const everywhere = { command, 'backend of its own': backend, 'module and its tests': module };
const all = [
  ...Object.entries(everywhere).flatMap(([title, act]) =>
    Object.keys(packageManagers).map((manager) => ({ title, manager, act })),
  ),
  { title: 'require() of every entry', manager: 'npm', act: requireEverything },
  { title: 'Backstage, CommonJS and ESM', manager: 'npm', act: backstage },
].map((trial) => ({ ...trial, name: `${trial.title}, ${packageManagers[trial.manager].title}` }));

const beginnings = process.argv.slice(2);
const wanted = all.filter(
  ({ name }) => beginnings.length === 0 || beginnings.some((one) => name.startsWith(one)),
);
if (wanted.length === 0) {
  console.error(`No trial begins so. There are:\n  ${all.map(({ name }) => name).join('\n  ')}`);
  process.exit(2);
}

const packed = mkdtempSync(join(tmpdir(), 'vestibule-packed-'));
process.once('exit', () => rmSync(packed, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
makePackedFolder(packed);

let failed = 0;
for (const { name, manager, act } of wanted) {
  const beganAt = performance.now();
  const seconds = () => `${((performance.now() - beganAt) / 1000).toFixed(1)} s`.padStart(7);
  try {
    const { megabytes } = await act({ manager, packed });
    console.log(`passed  ${name.padEnd(46)} ${seconds()} ${megabytes.toFixed(0).padStart(4)} MB`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name.padEnd(46)} ${seconds()}\n${error.stack}`);
  }
}
console.log(`${wanted.length - failed} trials passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
