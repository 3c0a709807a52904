// Where the servers of a run have their configs and databases: in memory, where the system has a place for that, so that no
// disk is measured.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { freePort } from './server.mjs';

export function place() {
  const isInMemory = existsSync('/dev/shm');
  const root = mkdtempSync(`${isInMemory ? '/dev/shm' : tmpdir()}/vestibule-bench-`);
  let count = 0;
  return {
    root,
    isInMemory,
    /** A program and its flows, on a port and in a folder of its own. */
    async prepare(target, options) {
      const folder = `${root}/${(count += 1)}`;
      mkdirSync(folder);
      return target.prepare({ folder, port: await freePort(), ...options });
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
