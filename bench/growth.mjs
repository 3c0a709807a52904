// Ours as it grows: sessions, users, groups and replicas, on each database; and a flood of starts.
import { testDatabases } from '@vestibule/backend-test-utils';
import { backstageWire } from './backstageWire.mjs';
import { drive, measure, median } from './measure.mjs';
import { together } from './server.mjs';
import { targets } from './targets/index.mjs';
import { tell } from './tell.mjs';

const usual = { groups: 10, users: 10_000 };

/** What grows: the flow that could feel it, the sizes, and how it gets there with a fresh wire. */
const dimensions = [
  {
    name: 'sessions',
    flow: 'refresh',
    sizes: ({ quick }) => (quick ? [100, 1000] : [100, 1000, 10_000, 100_000]),
    async grow(size, { server, flows, knex }) {
      await knex('vestibule_sessions').delete();
      await drive(server, flows['sign-in'], 100);
      const row = await knex('vestibule_sessions').first();
      await copy(knex, 'vestibule_sessions', row, size - 100, (index) => ({ ticket_hash: `copy-${index}` }));
    },
  },
  {
    name: 'users in the catalog, all of whom have signed in',
    flow: 'sign-in',
    sizes: ({ quick }) => (quick ? [100, 1000] : [1000, 10_000, 100_000]),
    async grow(size, { server, flows, knex, stubs }) {
      stubs.set({ users: size });
      await knex('vestibule_user_info').delete();
      await drive(server, flows['sign-in'], 1);
      const row = await knex('vestibule_user_info').first();
      const [, own] = /:default\/(user-\d+)$/.exec(row.user_entity_ref);
      const others = Array.from({ length: size }, (_, index) => `user-${index}`).filter(
        (name) => name !== own,
      );
      await copy(knex, 'vestibule_user_info', row, others.length, (index) => ({
        user_entity_ref: row.user_entity_ref.replace(own, others[index]),
        claims: row.claims.replaceAll(own, others[index]),
      }));
    },
  },
  {
    name: 'groups of a user',
    flow: 'sign-in',
    sizes: () => [10, 100, 1000],
    grow: async (size, { stubs }) => stubs.set({ groups: size }),
  },
];

export async function measureGrowth(context) {
  const databases = await testDatabases();
  const found = { dimensions: [], replicas: [], flood: undefined };
  try {
    for (const database of databases) {
      found.dimensions.push(...(await growOn(database, context)));
      // Replicas share a database, which a file cannot be.
      if (database.config.client === 'pg') found.replicas = await measureReplicas(database, context);
    }
    found.flood = await flood(databases[0], context);
    return found;
  } finally {
    await context.servers.stopAll();
    for (const database of databases) await database.cleanup();
  }
}

async function growOn(database, context) {
  const { options, stubs, folder, servers } = context;
  const { program } = await folder.prepare(targets.vestibule, { stubs, database: database.config });
  const server = await servers.start(program);
  const knex = await database.connect('auth');
  tell(`growth on ${database.name}: warming up`);
  await warmUp(server, backstageWire({ idp: stubs }), options);

  const rows = [];
  // The first round is not counted: everything in it is new.
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const { name, flow, sizes, grow } of dimensions) {
      for (const size of sizes(options)) {
        tell(`growth on ${database.name}, round ${round} of ${options.rounds}: ${size} ${name}`);
        stubs.set(usual);
        const flows = backstageWire({ idp: stubs });
        await grow(size, { server, flows, knex, stubs });
        const figures = await measure({ server, flow: flows[flow], calls: stubs.calls }, options.operations);
        if (round > 0) rows.push({ database: database.name, name, flow, size, ...figures });
      }
    }
  }
  stubs.set(usual);
  await servers.stop(server);
  return medians(rows, ['name', 'size']);
}

/** All replicas are up; the load goes to some of them. They share the one core, so that their CPU is a sum. */
async function measureReplicas(database, { options, stubs, folder, servers }) {
  const replicas = [];
  let publicPort;
  let flows;
  for (let number = 1; number <= 4; number += 1) {
    const prepared = await folder.prepare(targets.vestibule, {
      stubs,
      database: database.config,
      publicPort,
    });
    publicPort ??= prepared.program.port;
    flows ??= backstageWire({ idp: stubs });
    const replica = await servers.start(prepared.program);
    tell(`replica ${number}: warming up`);
    await warmUp(replica, flows, options);
    replicas.push(replica);
  }
  const rows = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const count of [1, 2, 4]) {
      const server = together(replicas.slice(0, count));
      for (const flow of ['sign-in', 'refresh']) {
        const { cpu } = await measure({ server, flow: flows[flow], calls: stubs.calls }, options.operations);
        rows.push({ count, flow, cpu });
      }
    }
  }
  for (const replica of replicas) await servers.stop(replica);
  return medians(rows, ['count', 'flow']);
}

/** Memory before and after starts that nobody comes back from. */
async function flood(database, { options, stubs, folder, servers }) {
  const { program } = await folder.prepare(targets.vestibule, { stubs, database: database.config });
  const server = await servers.start(program, { flags: ['--expose-gc'] });
  const { start } = backstageWire({ idp: stubs });
  const count = options.quick ? 2000 : 100_000;
  tell(`a flood of ${count} starts`);
  await drive(server, start, count / 10);
  const before = await memoryOf(server);
  await drive(server, start, count);
  const after = await memoryOf(server);
  await servers.stop(server);
  return { count, before, after };
}

/** Resident as it is, and what is left on the heap after a collection. */
async function memoryOf(server) {
  const { rss } = await server.usage();
  const { heapUsed } = await server.usage({ collect: true });
  return { rss, heapUsed };
}

async function warmUp(server, flows, { warmUp: operations }) {
  for (const flow of ['sign-in', 'refresh']) await drive(server, flows[flow], operations);
}

/** Rows like one that the product made; some columns differ from copy to copy. */
async function copy(knex, table, row, count, changesOf) {
  // In transactions that keep nobody waiting.
  const portion = 5000;
  for (let from = 0; from < count; from += portion) {
    const length = Math.min(portion, count - from);
    const copies = Array.from({ length }, (_, index) => ({ ...row, ...changesOf(from + index) }));
    await knex.batchInsert(table, copies, 50);
  }
}

/** One row for each that is the same by those keys, with the medians of its figures. */
function medians(rows, keys) {
  const found = new Map();
  for (const row of rows) {
    const key = keys.map((name) => row[name]).join(' ');
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return [...found.values()].map((same) => ({
    ...same[0],
    cpu: median(same.map(({ cpu }) => cpu)),
    p50: median(same.map(({ p50 }) => p50)),
  }));
}
