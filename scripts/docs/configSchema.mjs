// packages/cli/assets/app-config.schema.json: what `vestibule config schema` prints for the default backend.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './sources.mjs';

export function configSchemaFile() {
  const fromSource = [
    '--conditions=vestibule:source',
    '--import',
    pathToFileURL(join(root, 'scripts/ts.mjs')).href,
  ];
  const command = [join(root, 'packages/cli/src/bin.ts'), 'config', 'schema'];
  // Where nothing is installed beside it.
  const options = { cwd: tmpdir(), encoding: 'utf8', env: { PATH: process.env.PATH } };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...fromSource, ...command], options);
  return { page: stdout, problems: status === 0 ? [] : [`could not be made:\n${stderr}`] };
}
