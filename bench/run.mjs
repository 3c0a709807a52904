// Measures each server alone on one core, the load and the stubs on the other. README.md tells how, and what the figures mean.
// Usage: node run.mjs [--only NAMES] [--flows NAMES] [--rounds N] [--warm-up N] [--operations N] [--quick] [--write]
import { parseArgs } from 'node:util';
import { install, installedSize } from './install.mjs';
import { drive, flagsForAllocations, measure, measureAllocations, median } from './measure.mjs';
import { pageOf, writePage } from './report.mjs';
import { keepToSecondCore, startServer } from './server.mjs';
import { signatureCost } from './signatureCost.mjs';
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
const running = [];
try {
  const results = await measureAll();
  const page = await pageOf(results);
  console.log(page);
  if (options.write) writePage(page);
} finally {
  for (const server of running) await server.stop();
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

async function measureAll() {
  const results = { options, isInMemory: folder.isInMemory, targets: {} };
  for (const name of measured) {
    const { title, lacks = {}, version } = targets[name];
    results.targets[name] = { title, lacks, version: version?.(), installed: installed[name], flows: {} };
  }
  await measureFlows(results);
  await measureEachAlone(results);
  return results;
}

/** All are warm before the first round; within a round, targets take turns at each flow. */
async function measureFlows({ targets: results }) {
  const started = [];
  for (const name of measured) {
    const prepared = await folder.prepare(targets[name], { stubs });
    const server = await start(prepared.program);
    results[name].idleBytes = (await server.usage()).rss;
    started.push({ name, server, flows: prepared.flows });
  }
  for (const { name, server, flows } of started) {
    tell(`warming up: ${name}`);
    const operations = name === 'empty' ? Math.max(options.warmUp, 5000) : options.warmUp;
    for (const flow of asked(flows)) await drive(server.port, flow, operations);
  }

  const rows = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    tell(`round ${round} of ${options.rounds}`);
    rows.push(...(await measureRound(started)));
  }
  for (const { name, server } of started) results[name].loadedBytes = (await server.usage()).rss;
  for (const server of running.splice(0)) await server.stop();
  for (const name of measured) results[name].flows = mediansOf(rows.filter((row) => row.name === name));
}

/** The unit is measured before each flow, and is the same for a whole round. */
async function measureRound([unit, ...others]) {
  const rows = [];
  const units = [];
  const once = async ({ server, flows }, flowName, operations) =>
    measure({ server, flow: flows[flowName], calls: stubs.calls }, operations);
  for (const flowName of options.flows) {
    const empty = await once(unit, 'empty', options.operations * 5);
    units.push({ ...empty, signature: signatureCost() });
    for (const target of others.filter(({ flows }) => flows[flowName]))
      rows.push({ name: target.name, flowName, ...(await once(target, flowName, options.operations)) });
  }
  rows.push(...units.map((empty) => ({ name: 'empty', flowName: 'empty', ...empty })));
  const unitCost = median(units.map(({ cpu }) => cpu));
  return rows.map((row) => ({ ...row, cost: row.cpu / unitCost }));
}

function mediansOf(rows) {
  const flows = {};
  for (const { flowName } of rows) {
    const all = rows.filter((row) => row.flowName === flowName);
    const numbers = ['cpu', 'cost', 'statements', 'p50', 'p99', 'signature'];
    flows[flowName] ??= {
      ...Object.fromEntries(numbers.map((key) => [key, median(all.map((row) => row[key]))])),
      calls: all.at(-1).calls,
    };
  }
  return flows;
}

/** What wants a process of its own: allocations, the start of the command, and what an installation weighs. */
async function measureEachAlone({ targets: results }) {
  for (const name of measured.slice(1)) {
    tell(`allocations: ${name}`);
    const prepared = await folder.prepare(targets[name], { stubs });
    const server = await start(prepared.program, { flags: flagsForAllocations });
    const warmUp = Math.min(options.warmUp, 1000);
    for (const flow of asked(prepared.flows)) await drive(server.port, flow, warmUp);
    for (const flowName of options.flows) {
      const flow = prepared.flows[flowName];
      if (flow) results[name].flows[flowName].allocated = await measureAllocations({ server, flow });
    }
    await stopLast();

    tell(`starts: ${name}`);
    const starts = [];
    const program = prepared.startOnly ?? prepared.program;
    // Of these the first makes tables and keys, and is not counted.
    for (let time = 0; time <= options.starts; time += 1) {
      starts.push((await start(program, { isProbed: false })).startMilliseconds);
      await stopLast();
    }
    results[name].startMilliseconds = median(starts.slice(1));
  }
}

/** In the order in which the target has them: a sign-in leaves sessions to the others, and is therefore never left out. */
function asked(flows) {
  return Object.entries(flows)
    .filter(([name]) => name === 'sign-in' || name === 'empty' || options.flows.includes(name))
    .map(([, flow]) => flow);
}

async function start(program, startOptions) {
  const server = await startServer(program, startOptions);
  running.push(server);
  return server;
}

async function stopLast() {
  await running.pop().stop();
}

function tell(what) {
  process.stderr.write(`${what} …\n`);
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
        write: { type: 'boolean', default: false },
      },
    });
    const { quick, write } = values;
    return {
      quick,
      write,
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
