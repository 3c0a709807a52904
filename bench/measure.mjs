// Operations of one flow against one server, and what they cost there.
import { openConnection } from './connection.mjs';

const connectionCount = 8;

/** Does so many operations, spread over the ports of a server, and tells how long each took, in milliseconds. */
export async function drive({ ports }, flow, operations, connections = connectionCount) {
  const open = Array.from({ length: connections }, (_, index) => openConnection(ports[index % ports.length]));
  const took = [];
  let left = operations;
  try {
    await Promise.all(
      open.map(async (connection) => {
        while (left-- > 0) {
          const begun = performance.now();
          await flow(connection);
          took.push(performance.now() - begun);
        }
      }),
    );
    return took;
  } finally {
    for (const connection of open) connection.close();
  }
}

/** Per operation: CPU of the server in microseconds, SQL statements, calls out by their kind; and times of one at a time. */
export async function measure({ server, flow, calls }, operations) {
  const callsBefore = { ...calls };
  const before = await server.usage();
  await drive(server, flow, operations);
  const after = await server.usage();
  const callsAfter = { ...calls };
  const alone = (await drive(server, flow, Math.ceil(operations / 5), 1)).sort((a, b) => a - b);
  return {
    cpu: (after.cpu - before.cpu) / operations,
    statements: (after.statements - before.statements) / operations,
    calls: Object.fromEntries(
      Object.keys(calls).map((kind) => [kind, (callsAfter[kind] - callsBefore[kind]) / operations]),
    ),
    p50: alone[Math.floor(alone.length * 0.5)],
    p99: alone[Math.floor(alone.length * 0.99)],
  };
}

/** For a server whose young generation holds the whole window: nothing is collected in it, so what is used was allocated. */
export const flagsForAllocations = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256'];

/** Bytes that the server allocates per operation, or undefined where a collection fell into every window. */
export async function measureAllocations({ server, flow }, operations = 300) {
  for (let count = operations; count >= 20; count = Math.floor(count / 2)) {
    await server.usage({ collect: true });
    const before = await server.usage();
    await drive(server, flow, count, 1);
    const after = await server.usage();
    if (after.collections === before.collections) return (after.heapUsed - before.heapUsed) / count;
  }
  return undefined;
}

export function median(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
