// docs/reference/openapi.json: as a backend serves it that has everything.
import { spawnSync } from 'node:child_process';
import { root } from './sources.mjs';

/** The document. */
export function openApiPage() {
  const program = [
    '--conditions=vestibule:source',
    '--import',
    './scripts/ts.mjs',
    'scripts/docs/openApiDocument.mjs',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16_777_216,
  });
  if (status !== 0) return { page: '{}', problems: [`the document could not be made:\n${stderr}`] };
  return { page: stdout, problems: [] };
}
