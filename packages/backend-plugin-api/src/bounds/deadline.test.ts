import { describe, expect, it, jest } from '@jest/globals';
import {
  deadlineOf,
  startDeadline,
  untilAborted,
  untilOver,
  withDeadline,
  type Deadline,
} from './deadline.ts';

const hanging = async (): Promise<never> => new Promise(() => undefined);
const late = () => new Error('late');

describe('untilAborted', () => {
  it('gives what comes of the work', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(untilAborted(signal, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it('throws the reason, or the error given, when the signal ends first', async () => {
    const ending = new AbortController();
    const waiting = [untilAborted(ending.signal, hanging()), untilAborted(ending.signal, hanging(), late)];
    ending.abort(new Error('reason'));
    await expect(waiting[0]).rejects.toThrow('reason');
    await expect(waiting[1]).rejects.toThrow('late');
  });

  it('throws where the signal has ended already, and takes what the work throws later', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => (fail = reject));
    await expect(untilAborted(AbortSignal.abort(), work, late)).rejects.toThrow('late');
    fail(new Error('failed'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('startDeadline', () => {
  it('is over when its time is, and never where it was cleared', async () => {
    jest.useFakeTimers();
    try {
      const [first, second] = [startDeadline(10, late), startDeadline(10, late)];
      const told: Error[] = [];
      for (const { deadline } of [first, second]) deadline.onOver((error) => told.push(error));
      second.clear();
      jest.advanceTimersByTime(11);
      expect(told).toEqual([late()]);
      expect([first.deadline.isOver, second.deadline.isOver]).toEqual([true, false]);
      expect([first.deadline.signal.aborted, second.deadline.signal.aborted]).toEqual([true, false]);
      expect(first.deadline.signal.reason).toEqual(late());
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('untilOver', () => {
  it('gives what comes of the work', async () => {
    const deadline = deadlineOf(new AbortController().signal);
    expect(await untilOver(deadline, Promise.resolve(1))).toBe(1);
    await expect(untilOver(deadline, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });

  it.each([
    ['before', AbortSignal.abort(new Error('reason'))],
    ['meanwhile', undefined],
  ])('throws where the deadline was over %s, and takes what the work throws later', async (_, given) => {
    const ending = new AbortController();
    const deadline = deadlineOf(given ?? ending.signal);
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    const waiting = [untilOver(deadline, work), untilOver(deadline, work, late)];
    ending.abort(new Error('reason'));
    await expect(waiting[0]).rejects.toThrow('reason');
    await expect(waiting[1]).rejects.toThrow('late');
    expect(deadline.isOver).toBe(true);
    fail(new Error('failed'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('withDeadline', () => {
  it('throws when the time is over, and ends the signal of the work', async () => {
    const told: unknown[] = [];
    let kept: Deadline | undefined;
    const work = async (deadline: Deadline) => {
      kept = deadline;
      const { signal } = deadline;
      signal.addEventListener('abort', () => told.push(signal.reason));
      deadline.onOver((error) => told.push(error));
      return hanging();
    };
    await expect(withDeadline({ milliseconds: 1, late }, work)).rejects.toThrow('late');
    expect(told).toEqual([late(), late()]);
    expect([kept?.isOver, kept?.signal.aborted]).toEqual([true, true]);
    kept?.onOver((error) => told.push(error));
    expect(told).toHaveLength(3);
  });

  it('throws when the caller ends it, before or while it works', async () => {
    const caller = new AbortController();
    const ended = (reason: unknown) => new Error(`ended: ${String(reason)}`);
    const limits = { milliseconds: 10_000, late, signal: caller.signal };
    const waiting = [withDeadline({ ...limits, ended }, hanging), withDeadline(limits, hanging)];
    caller.abort('gone');
    await expect(waiting[0]).rejects.toThrow('ended: gone');
    await expect(waiting[1]).rejects.toBe('gone');
    await expect(withDeadline({ ...limits, ended }, () => 1)).rejects.toThrow('ended: gone');
  });

  it('begins nothing where the caller has gone', async () => {
    let hasBegun = false;
    const work = () => (hasBegun = true);
    const limits = { milliseconds: 10_000, late, signal: AbortSignal.abort() };
    await expect(withDeadline(limits, work)).rejects.toThrow('aborted');
    expect(hasBegun).toBe(false);
  });

  it('tells work that has ended well nothing more', async () => {
    const caller = new AbortController();
    let kept: Deadline | undefined;
    const limits = { milliseconds: 10_000, late, signal: caller.signal };
    expect(
      await withDeadline(limits, (deadline) => {
        kept = deadline;
        deadline.onOver(() => expect('called').toBe('never'));
        return 1;
      }),
    ).toBe(1);
    caller.abort();
    expect([kept?.isOver, kept?.signal.aborted]).toEqual([false, false]);
  });

  it('fails with what the work throws, at once or later', async () => {
    const limits = { milliseconds: 10_000, late };
    const thrown = withDeadline(limits, () => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
    await expect(withDeadline(limits, async () => Promise.reject(new Error('later')))).rejects.toThrow(
      'later',
    );
  });

  it('leaves no timer behind', async () => {
    jest.useFakeTimers();
    try {
      expect(await withDeadline({ milliseconds: 1000, late }, () => 1)).toBe(1);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
