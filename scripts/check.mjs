// `yarn check`: runs every check to its end, whatever the others say, and sums up.
//   node scripts/check.mjs --skip Jest --skip Knip
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checks } from './checks.mjs';

const { values } = parseArgs({ options: { skip: { type: 'string', multiple: true, default: [] } } });
const unknown = values.skip.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `No such check: ${unknown.join(', ')}. There are: ${checks.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const results = checks
  .filter(({ name }) => !values.skip.includes(name))
  .map(({ name, command: [file, ...args] }) => {
    console.log(`\n━━ ${name}`);
    const beganAt = performance.now();
    const { status } = spawnSync(file, args, {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: 'inherit',
    });
    const seconds = ((performance.now() - beganAt) / 1000).toFixed(1);
    console.log(status === 0 ? `${name}: passed in ${seconds} s` : `${name}: FAILED after ${seconds} s`);
    return { name, passed: status === 0 };
  });

const failed = results.filter(({ passed }) => !passed);
console.log('\n━━ Summary');
for (const { name, passed } of results) console.log(`  ${passed ? 'passed' : 'FAILED'}  ${name}`);
console.log(`${results.length - failed.length} checks passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
