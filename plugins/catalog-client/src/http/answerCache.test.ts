import { deadlineOf, type Deadline } from '@vestibule/backend-plugin-api';
import { describe, expect, it } from '@jest/globals';
import type { OutboundResponse } from '@vestibule/outbound-http';
import { createAnswerCache, type AnswerCache } from './answerCache.ts';

const never: Deadline = {
  isOver: false,
  signal: new AbortController().signal,
  onOver: () => undefined,
};

function answer(text: string, status = 200): OutboundResponse {
  return { status, headers: {}, text };
}

function cacheOf(limits: { maxEntries?: number; maxCharacters?: number } = {}): {
  clock: { now: number };
  cache: AnswerCache;
  /** Asks, and tells whether that made a request. */
  ask(key: string, response?: OutboundResponse): Promise<'asked' | 'kept'>;
} {
  const clock = { now: 0 };
  const cache = createAnswerCache({
    clock: { now: () => clock.now },
    isKept: ({ status }) => status === 200,
    ...limits,
  });
  return {
    clock,
    cache,
    async ask(key, response = answer(key)) {
      let made: 'asked' | 'kept' = 'kept';
      const load = async (): Promise<OutboundResponse> => {
        made = 'asked';
        return response;
      };
      await cache.get(key, load, never);
      return made;
    },
  };
}

describe('createAnswerCache', () => {
  it('keeps an answer for its lifetime, from its arrival', async () => {
    const { clock, ask } = cacheOf();
    expect(await ask('a')).toBe('asked');
    clock.now = 4_999;
    expect(await ask('a')).toBe('kept');
    clock.now = 5_000;
    expect(await ask('a')).toBe('asked');
  });

  it('keeps no answer that is not to be kept', async () => {
    const { ask } = cacheOf();
    expect(await ask('a', answer('', 503))).toBe('asked');
    expect(await ask('a', answer('', 503))).toBe('asked');
  });

  it('keeps a bounded number of answers; the oldest goes first', async () => {
    const { ask } = cacheOf({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) await ask(key);
    expect([await ask('b'), await ask('c'), await ask('a')]).toEqual(['kept', 'kept', 'asked']);
  });

  it('keeps a bounded amount of text, and no single text that would fill much of it', async () => {
    const { ask } = cacheOf({ maxCharacters: 160 });
    for (let index = 0; index < 17; index++) await ask(`key-${index}`, answer('x'.repeat(10)));
    expect([await ask('key-16'), await ask('key-0')]).toEqual(['kept', 'asked']);
    await ask('large', answer('x'.repeat(11)));
    expect(await ask('large')).toBe('asked');
  });

  it('shares a failure with those who wait for it, and with nobody after', async () => {
    const { cache, ask } = cacheOf();
    let requests = 0;
    const fail = async (): Promise<never> => {
      requests++;
      throw new Error('down');
    };
    const both = await Promise.allSettled([cache.get('a', fail, never), cache.get('a', fail, never)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(requests).toBe(1);
    expect(await ask('a')).toBe('asked');
  });

  it('lets one caller go while another one waits, and ends the request when both have gone', async () => {
    const { cache } = cacheOf();
    const ended: unknown[] = [];
    const load = async (signal: AbortSignal): Promise<OutboundResponse> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          ended.push('request');
          reject(signal.reason as Error);
        });
      });
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }) => cache.get('a', load, deadlineOf(signal)));
    first.abort(new Error('first left'));
    await expect(answers[0]).rejects.toThrow('first left');
    expect(ended).toEqual([]);
    second.abort(new Error('second left'));
    await expect(answers[1]).rejects.toThrow('second left');
    expect(ended).toEqual(['request']);
  });

  it('serves nobody with the request that everybody has left', async () => {
    const { cache, ask } = cacheOf();
    const leaver = new AbortController();
    let arrive: (response: OutboundResponse) => void = () => undefined;
    const slow = cache.get(
      'a',
      async () => new Promise((resolve) => (arrive = resolve)),
      deadlineOf(leaver.signal),
    );
    leaver.abort(new Error('left'));
    await expect(slow).rejects.toThrow('left');
    expect(await ask('a')).toBe('asked');
    arrive(answer('late'));
    expect(await ask('a')).toBe('kept');
  });
});
