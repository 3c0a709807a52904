// Judges configs as `vestibule migrate` does, and prints the faults as JSON. Reads the list of configs from the standard input: for each
// its files, and whether it is for production. Runs from source:
//   node --conditions=vestibule:source --import ./scripts/ts.mjs scripts/snippets/judgeConfigs.mjs
import { text } from 'node:stream/consumers';
import { judgeInstallation } from '../../packages/cli/src/migrate/judgeInstallation.ts';

const configs = JSON.parse(await text(process.stdin));
const judged = [];
for (const { files, isProduction } of configs) {
  const { stopping, disabling, warnings } = await judgeInstallation(files, { isProduction });
  judged.push({ stopping, disabling, warnings });
}
process.stdout.write(JSON.stringify(judged));
