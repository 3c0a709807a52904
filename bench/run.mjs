// Measures each server alone on one core, the load and the stubs on the other. README.md tells how, and what the figures mean.
// Usage: node run.mjs [--only NAMES] [--flows NAMES] [--rounds N] [--warm-up N] [--operations N] [--quick] [--growth] [--write]
import { parseArgs } from 'node:util';
import { measureGrowth } from './growth.mjs';
import { install, installedSize } from './install.mjs';
import { pageOf, writePage } from './report.mjs';
import { createServers, keepToSecondCore } from './server.mjs';
import { measureSideBySide } from './sideBySide.mjs';
import { startStubs } from './stubs.mjs';
import { targets } from './targets/index.mjs';
import { place } from './temporaryFolder.mjs';

const flowNames = ['start', 'sign-in', 'refresh', 'guest', 'userinfo', 'keys', 'protected'];
const options = readArguments();
const measured = ['empty', ...options.only.filter((name) => name !== 'empty')];
for (const name of measured) if (targets[name].folder) install(targets[name].folder);

const folder = place();
const installed = options.quick ? {} : installedSizes();
keepToSecondCore();
const stubs = await startStubs();
const servers = createServers();
try {
  const context = { options, measured, installed, stubs, folder, servers };
  const sideBySide = options.sideBySide ? await measureSideBySide(context) : undefined;
  const growth = options.growth ? await measureGrowth(context) : undefined;
  const page = await pageOf({ options, isInMemory: folder.isInMemory, sideBySide, growth });
  console.log(page);
  if (options.write) writePage(page);
} catch (error) {
  console.error(servers.lastWords());
  throw error;
} finally {
  await servers.stopAll();
  stubs.close();
  folder.remove();
}

/** Before anything is measured, as it asks the registry. */
function installedSizes() {
  return Object.fromEntries(
    measured
      .map((name) => [name, targets[name].folder ?? targets[name].installInto?.(folder.root)])
      .filter(([, path]) => path !== undefined)
      .map(([name, path]) => [name, installedSize(path)]),
  );
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', default: Object.keys(targets).join(',') },
        flows: { type: 'string', default: flowNames.join(',') },
        rounds: { type: 'string', default: '3' },
        'warm-up': { type: 'string' },
        operations: { type: 'string' },
        quick: { type: 'boolean', default: false },
        growth: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    });
    const { quick, write, growth } = values;
    return {
      quick,
      write,
      // The page has both.
      growth: growth || write,
      sideBySide: !growth || write,
      only: listOf('--only', values.only, Object.keys(targets)),
      flows: listOf('--flows', values.flows, flowNames),
      rounds: countOf('--rounds', values.rounds),
      warmUp: countOf('--warm-up', values['warm-up'] ?? (quick ? '300' : '5000')),
      operations: countOf('--operations', values.operations ?? (quick ? '200' : '2000')),
      starts: quick ? 1 : 5,
    };
  } catch (error) {
    console.error(error.message);
    return process.exit(2);
  }
}

function listOf(option, text, known) {
  const names = text.split(',');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`${option} takes ${known.join(', ')}; got '${unknown.join("', '")}'`);
  return known.filter((name) => names.includes(name));
}

function countOf(option, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} takes a number from 1 on; got '${text}'`);
  return Number(text);
}
