import { describe, expect, it } from '@jest/globals';
import { createExpiringMap } from './expiringMap.ts';

const time = { now: 0 };
const clock = { now: () => time.now };

describe('createExpiringMap', () => {
  it('gives a value until its time is over', () => {
    time.now = 0;
    const map = createExpiringMap<number>({ clock, maxEntries: 10 });
    map.set('short', 1, 5);
    map.set('forever', 2, Infinity);
    time.now = 4;
    expect([map.get('short'), map.get('forever')]).toEqual([1, 2]);
    time.now = 5;
    expect([map.get('short'), map.get('forever')]).toEqual([undefined, 2]);
  });

  it('keeps a bounded number, and lets the longest unused go first', () => {
    const map = createExpiringMap<string>({ clock, maxEntries: 2 });
    map.set('a', 'a', Infinity);
    map.set('b', 'b', Infinity);
    map.get('a');
    map.set('c', 'c', Infinity);
    expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual(['a', undefined, 'c']);
  });

  it('keeps a bounded weight, also of what is replaced and deleted', () => {
    const map = createExpiringMap<string>({ clock, maxEntries: 10, maxWeight: 10 });
    map.set('a', 'a', Infinity, 6);
    map.set('a', 'a again', Infinity, 4);
    map.set('b', 'b', Infinity, 6);
    expect([map.get('a'), map.get('b')]).toEqual(['a again', 'b']);
    map.delete('a');
    map.set('c', 'c', Infinity, 4);
    expect([map.get('b'), map.get('c')]).toEqual(['b', 'c']);
    map.set('d', 'd', Infinity, 1);
    expect(['b', 'c', 'd'].map((key) => map.get(key))).toEqual([undefined, 'c', 'd']);
  });

  it('does not take what is too heavy for it, and keeps the rest', () => {
    const map = createExpiringMap<string>({ clock, maxEntries: 10, maxWeight: 10 });
    map.set('a', 'a', Infinity, 6);
    map.set('b', 'b', Infinity, 4);
    map.set('heavy', 'heavy', Infinity, 11);
    map.set('b', 'heavy', Infinity, 11);
    expect(['a', 'b', 'heavy'].map((key) => map.get(key))).toEqual(['a', undefined, undefined]);
  });
});
