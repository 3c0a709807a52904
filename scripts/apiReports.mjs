// `npm run docs:api`: writes `report.api.md` beside each contract package. With --check they are compared with what they would be,
// so that a change of what others build on shows in review. Folders name some of them.
//   node scripts/apiReports.mjs [--check] [packages/catalog-model …]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportApi } from './api/apiReport.mjs';
import { contractPackages } from './api/contractPackages.mjs';
import { root } from './docs/sources.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean', default: false } },
});
const folders = positionals.length > 0 ? positionals : Object.keys(contractPackages);
const others = folders.filter((folder) => !(folder in contractPackages));
if (others.length > 0) {
  console.error(`No contract package: ${others.join(', ')}. scripts/api/contractPackages.mjs lists them.`);
  process.exit(2);
}

// A report of declarations that an earlier build left would tell of yesterday.
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '--build', ...folders], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

let failures = 0;
for (const folder of folders) {
  const path = `${folder}/report.api.md`;
  const { problems, temporary } = reportApi(folder, { isCheck: values.check });
  for (const problem of problems) console.error(`${path}: ${problem}`);
  if (problems.length === 0) console.log(`${path}: ${values.check ? 'current' : 'written'}`);
  else if (values.check) showDifference(path, join(temporary, 'report.api.md'));
  failures += problems.length;
}
process.exitCode = failures === 0 ? 0 : 1;

function showDifference(path, made) {
  spawnSync('git', ['--no-pager', 'diff', '--no-index', '--no-color', path, made], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
}
