/** Finds circles in a graph. */

/**
 * For every node that lies on a circle, a shortest circle through it; each circle once, beginning with the node that
 * comes first and ending with it again.
 */
export function findCycles<T>(nodes: readonly T[], next: (node: T) => readonly T[]): T[][] {
  const order = new Map(nodes.map((node, index) => [node, index]));
  const found = new Map<string, T[]>();
  for (const start of nodes) {
    const cycle = shortestWayBack(start, next);
    if (!cycle) continue;
    const key = cycle
      .map((node) => order.get(node) ?? -1)
      .sort((a, b) => a - b)
      .join(' ');
    if (!found.has(key)) found.set(key, [...cycle, start]);
  }
  return [...found.values()];
}

/** Breadth first from `start` until it is met again. */
function shortestWayBack<T>(start: T, next: (node: T) => readonly T[]): T[] | undefined {
  const cameFrom = new Map<T, T>();
  const queue: T[] = [start];
  for (const node of queue) {
    for (const neighbour of next(node)) {
      if (neighbour === start) {
        const way: T[] = [];
        for (
          let step: T | undefined = node;
          step !== undefined;
          step = step === start ? undefined : cameFrom.get(step)
        ) {
          way.unshift(step);
        }
        return way;
      }
      if (cameFrom.has(neighbour)) continue;
      cameFrom.set(neighbour, node);
      queue.push(neighbour);
    }
  }
  return undefined;
}
