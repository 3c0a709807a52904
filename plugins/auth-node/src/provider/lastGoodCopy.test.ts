import { describe, expect, it } from '@jest/globals';
import { createLastGoodCopy, type LastGoodCopy } from './lastGoodCopy.ts';

interface Read {
  succeed(): void;
  fail(): void;
}

/** A copy whose reads are answered by the test, and a clock of its own. */
function scripted(maxAgeMilliseconds = 1000) {
  const reads: Read[] = [];
  const waiting: (() => void)[] = [];
  const clock = { now: 1_000_000 };
  const copy: LastGoodCopy<{ version: number }> = createLastGoodCopy({
    maxAgeMilliseconds,
    now: () => clock.now,
    read: () =>
      new Promise((resolve, reject) => {
        const version = reads.length + 1;
        reads.push({ succeed: () => resolve({ version }), fail: () => reject(new Error('down')) });
        waiting.splice(0).forEach((arrived) => arrived());
      }),
  });
  /** Waits until a read has begun. */
  const readBegins = (count: number): Promise<void> =>
    reads.length >= count ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve));
  return { copy, reads, clock, readBegins };
}

const never = new AbortController();

describe('a copy', () => {
  it('is read once for all who wait, and then served from memory', async () => {
    const { copy, reads } = scripted();
    const both = Promise.all([copy.get(never), copy.get(never)]);
    reads[0]!.succeed();
    expect(await both).toEqual([{ version: 1 }, { version: 1 }]);
    expect(await copy.get(never)).toEqual({ version: 1 });
    expect(reads).toHaveLength(1);
  });

  it('that is too old is served while a newer one is read', async () => {
    const { copy, reads, clock, readBegins } = scripted();
    const first = copy.get(never);
    reads[0]!.succeed();
    await first;
    clock.now += 1000;
    expect(await copy.get(never)).toEqual({ version: 1 });
    await readBegins(2);
    expect(await copy.get(never)).toEqual({ version: 1 });
    expect(reads).toHaveLength(2);
    reads[1]!.succeed();
    expect(await copy.newerThan(await copy.get(never), never)).toEqual({ version: 2 });
  });

  it('is kept when reading it again fails', async () => {
    const { copy, reads, clock, readBegins } = scripted();
    const first = copy.get(never);
    reads[0]!.succeed();
    const seen = await first;
    const newer = copy.newerThan(seen, never);
    await readBegins(2);
    reads[1]!.fail();
    await expect(newer).rejects.toThrow('down');
    clock.now += 100;
    expect(await copy.get(never)).toBe(seen);
  });

  it('is read by one caller although another gives up', async () => {
    const { copy, reads } = scripted();
    const impatient = new AbortController();
    const [given, kept] = [copy.get(impatient), copy.get(never)];
    impatient.abort();
    await expect(given).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
    reads[0]!.succeed();
    await expect(kept).resolves.toEqual({ version: 1 });
  });

  it('fails for all who wait when reading fails, and is read again for the next', async () => {
    const { copy, reads, readBegins } = scripted();
    const first = copy.get(never);
    reads[0]!.fail();
    await expect(first).rejects.toThrow('down');
    const second = copy.get(never);
    await readBegins(2);
    reads[1]!.succeed();
    await expect(second).resolves.toEqual({ version: 2 });
  });

  it('somebody else has renewed meanwhile is not read once more', async () => {
    const { copy, reads, readBegins } = scripted();
    const first = copy.get(never);
    reads[0]!.succeed();
    const seen = await first;
    const renewals = [copy.newerThan(seen, never), copy.newerThan(seen, never)];
    await readBegins(2);
    reads[1]!.succeed();
    expect(await Promise.all(renewals)).toEqual([{ version: 2 }, { version: 2 }]);
    expect(await copy.newerThan(seen, never)).toEqual({ version: 2 });
    expect(reads).toHaveLength(2);
  });
});
