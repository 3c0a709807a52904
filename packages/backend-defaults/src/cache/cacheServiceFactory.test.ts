import { describe, expect, it } from '@jest/globals';
import type { CacheService } from '@vestibule/backend-plugin-api';
import { cacheServiceFactory } from './cacheServiceFactory.ts';

async function makeCache() {
  let time = 1_000_000;
  const clock = { now: () => time };
  const cache = (await cacheServiceFactory.factory({ clock }, undefined)) as CacheService;
  return { cache, advance: (milliseconds: number) => void (time += milliseconds) };
}

describe('core.cache', () => {
  it('gives back copies of what was kept, until it is deleted', async () => {
    const { cache } = await makeCache();
    const profile = { name: 'Jane' };
    await cache.set('profile', profile);
    profile.name = 'changed after';
    const kept = await cache.get<{ name: string }>('profile');
    expect(kept).toEqual({ name: 'Jane' });
    expect(await cache.get('profile')).not.toBe(kept);
    await cache.delete('profile');
    expect(await cache.get('profile')).toBeUndefined();
  });

  it('ends a value after its own time, or else after that of the options', async () => {
    const { cache, advance } = await makeCache();
    const short = cache.withOptions({ defaultTtl: { minutes: 1 } });
    await short.set('a', 1);
    await short.set('b', 2, { ttl: 120_000 });
    await cache.set('c', 3);
    advance(60_000);
    expect(await Promise.all(['a', 'b', 'c'].map(async (key) => cache.get(key)))).toEqual([undefined, 2, 3]);
    advance(60_000);
    expect(await cache.get('b')).toBeUndefined();
    expect(await short.get('c')).toBe(3);
  });

  it('keeps no more than ten thousand values, and drops the longest unused', async () => {
    const { cache } = await makeCache();
    for (let index = 0; index < 10_001; index += 1) {
      await cache.set(`key-${index}`, index);
      if (index === 9_999) await cache.get('key-0');
    }
    expect(await cache.get('key-1')).toBeUndefined();
    expect(await cache.get('key-0')).toBe(0);
    expect(await cache.get('key-10000')).toBe(10_000);
  });
});
