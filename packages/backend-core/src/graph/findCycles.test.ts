import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findCycles } from './findCycles.ts';

const inGraph = (edges: Record<string, readonly string[]>) =>
  findCycles(Object.keys(edges), (node) => edges[node] ?? []);

describe('findCycles', () => {
  it('finds none where there is none', () => {
    expect(inGraph({})).toEqual([]);
    expect(inGraph({ a: ['b', 'c'], b: ['c'], c: [] })).toEqual([]);
  });

  it('finds a node that leads to itself, and a circle from the node inside it, not from those that lead there', () => {
    expect(inGraph({ a: ['a'] })).toEqual([['a', 'a']]);
    expect(inGraph({ a: ['b'], b: ['c'], c: ['d'], d: ['c'] })).toEqual([['c', 'd', 'c']]);
  });

  it('finds every separate circle, each once', () => {
    expect(inGraph({ a: ['b'], b: ['a'], c: ['d'], d: ['e'], e: ['c'] })).toEqual([
      ['a', 'b', 'a'],
      ['c', 'd', 'e', 'c'],
    ]);
  });

  it('reports only real ways, and something whenever a node leads back to itself', () => {
    const graphs = fc.array(fc.array(fc.nat(5), { maxLength: 3 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(graphs, (edges) => {
        const nodes = edges.map((_, index) => index);
        const cycles = findCycles(nodes, (node) => edges[node] ?? []);
        for (const cycle of cycles) {
          expect(cycle[0]).toBe(cycle.at(-1));
          cycle.slice(1).forEach((node, index) => expect(edges[cycle[index] ?? 0]).toContain(node));
        }
        const onSome = new Set(cycles.flat());
        for (const node of nodes) {
          const reached = new Set(edges[node]);
          for (const one of reached) for (const next of edges[one] ?? []) reached.add(next);
          expect(onSome.has(node)).toBe(reached.has(node));
        }
      }),
    );
  });
});
