// Each target's flows in turn, and what each wants a process of its own for.
import { drive, flagsForAllocations, measure, measureAllocations, median } from './measure.mjs';
import { signatureCost } from './signatureCost.mjs';
import { targets } from './targets/index.mjs';
import { tell } from './tell.mjs';

// A server that has waited for its turn has let go of compiled code, and takes it up again.
const settlingOperations = 1000;

/** @returns What was found, by the name of the target. */
export async function measureSideBySide(context) {
  const results = {};
  for (const name of context.measured) {
    const { title, lacks = {}, version } = targets[name];
    results[name] = { title, lacks, version: version?.(), installed: context.installed[name], flows: {} };
  }
  await measureFlows(context, results);
  await measureEachAlone(context, results);
  return results;
}

/** All are warm before the first round; within a round, targets take turns at each flow. */
async function measureFlows({ options, measured, stubs, folder, servers }, results) {
  const started = [];
  for (const name of measured) {
    const prepared = await folder.prepare(targets[name], { stubs });
    const server = await servers.start(prepared.program);
    results[name].idleBytes = (await server.usage()).rss;
    started.push({ name, server, flows: prepared.flows });
  }
  for (const { name, server, flows } of started) {
    tell(`warming up: ${name}`);
    const operations = name === 'empty' ? Math.max(options.warmUp, 5000) : options.warmUp;
    for (const flow of asked(flows, options)) await drive(server, flow, operations);
  }

  const rows = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    tell(`round ${round} of ${options.rounds}`);
    rows.push(...(await measureRound(started, { options, stubs })));
  }
  for (const { name, server, flows } of started)
    if (Object.keys(flows).length > 0) results[name].loadedBytes = (await server.usage()).rss;
  for (const { server } of started) await servers.stop(server);
  for (const name of measured) results[name].flows = mediansOf(rows.filter((row) => row.name === name));
}

/** The unit is measured before each flow, and is the same for a whole round. */
async function measureRound([unit, ...others], { options, stubs }) {
  const rows = [];
  const units = [];
  const once = async ({ server, flows }, flowName, operations) => {
    const flow = flows[flowName];
    await drive(server, flow, Math.min(options.warmUp, settlingOperations));
    return measure({ server, flow, calls: stubs.calls }, operations);
  };
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
async function measureEachAlone({ options, measured, stubs, folder, servers }, results) {
  for (const name of measured.slice(1)) {
    tell(`allocations: ${name}`);
    const prepared = await folder.prepare(targets[name], { stubs });
    const server = await servers.start(prepared.program, { flags: flagsForAllocations });
    const warmUp = Math.min(options.warmUp, 1000);
    for (const flow of asked(prepared.flows, options)) await drive(server, flow, warmUp);
    for (const flowName of options.flows) {
      const flow = prepared.flows[flowName];
      if (flow) results[name].flows[flowName].allocated = await measureAllocations({ server, flow });
    }
    await servers.stop(server);

    tell(`starts: ${name}`);
    const starts = [];
    const program = prepared.startOnly ?? prepared.program;
    // Of these the first makes tables and keys, and is not counted.
    for (let time = 0; time <= options.starts; time += 1) {
      const started = await servers.start(program, { isProbed: false });
      starts.push(started.startMilliseconds);
      await servers.stop(started);
    }
    results[name].startMilliseconds = median(starts.slice(1));
  }
}

/** In the order in which the target has them: a sign-in leaves sessions to the others, and is therefore never left out. */
function asked(flows, options) {
  return Object.entries(flows)
    .filter(([name]) => name === 'sign-in' || name === 'empty' || options.flows.includes(name))
    .map(([, flow]) => flow);
}
