import { describe, expect, it } from '@jest/globals';
import { watchDependency } from './watchedDependency.ts';

/** A dependency that answers as it is told, and a clock. */
function createDependency() {
  const state = { answer: 'yes' as 'yes' | 'no' | 'nothing', asked: 0, now: 0 };
  const reason = watchDependency(
    {
      reason: 'it is away',
      async ask() {
        state.asked += 1;
        if (state.answer === 'nothing') await new Promise(() => undefined);
        if (state.answer === 'no') throw new Error('secret of the connection');
      },
    },
    () => state.now,
  );
  return { state, reason };
}

describe('a dependency that readiness watches', () => {
  it('is asked once a second, however many ask', async () => {
    const { state, reason } = createDependency();
    for (state.now = 0; state.now < 3000; state.now += 100) {
      await Promise.all([reason(), reason(), reason()]);
    }
    expect(state.asked).toBe(3);
  });

  it('falls when it has failed for 5 s, with its own reason and no word of the failure', async () => {
    const { state, reason } = createDependency();
    state.answer = 'no';
    const heard: unknown[] = [];
    for (; state.now <= 5000; state.now += 1000) heard.push(await reason());
    expect(heard).toEqual([undefined, undefined, undefined, undefined, undefined, 'it is away']);
  });

  it('rises with the first success, and begins to count anew', async () => {
    const { state, reason } = createDependency();
    state.answer = 'no';
    await reason();
    state.now = 6000;
    expect(await reason()).toBe('it is away');
    state.answer = 'yes';
    expect(await reason()).toBe('it is away');
    state.now = 7000;
    expect(await reason()).toBeUndefined();
    state.answer = 'no';
    state.now = 20_000;
    expect(await reason()).toBeUndefined();
  });

  it('does not mind a blink', async () => {
    const { state, reason } = createDependency();
    for (; state.now < 20_000; state.now += 1000) {
      state.answer = state.now % 4000 === 0 ? 'yes' : 'no';
      expect(await reason()).toBeUndefined();
    }
  });

  it('that never answers keeps a probe half a second, is not asked again, and has failed', async () => {
    const { state, reason } = createDependency();
    state.answer = 'nothing';
    expect(await reason()).toBeUndefined();
    state.now = 5000;
    expect(await reason()).toBe('it is away');
    expect(state.asked).toBe(1);
  });
});
