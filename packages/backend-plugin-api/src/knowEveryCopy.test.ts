import { describe, expect, it } from '@jest/globals';
import { knowEveryCopy } from './knowEveryCopy.ts';

/** The classes of a package, as each of its copies makes them. */
function copyOfPackage() {
  class Answer {
    static {
      knowEveryCopy(this, 'test.Answer');
    }

    readonly #text = 'of this copy';

    toString(): string {
      return this.#text;
    }
  }
  class Refusal extends Answer {
    static {
      knowEveryCopy(this, 'test.Refusal');
    }
  }
  class Private extends Refusal {}
  return { Answer, Refusal, Private };
}

describe('a class that knows every copy of itself', () => {
  const here = copyOfPackage();
  const there = copyOfPackage();

  it.each([
    ['its own', () => new here.Answer()],
    ["another copy's", () => new there.Answer()],
    ["an extending class's of another copy", () => new there.Refusal()],
    ['an unmarked extending class of another copy', () => new there.Private()],
  ])('takes an instance for one: %s', (_, make) => {
    const value: unknown = make();
    expect(value instanceof here.Answer && String(value)).toBe('of this copy');
  });

  it('tells an extending class from what it extends, across copies too', () => {
    expect(new there.Answer() instanceof here.Refusal).toBe(false);
    expect(new there.Private() instanceof here.Refusal).toBe(true);
  });

  it('leaves a class that extends it and is not made known as it is', () => {
    expect(new here.Private() instanceof here.Private).toBe(true);
    expect(new here.Refusal() instanceof here.Private).toBe(false);
    expect(new there.Private() instanceof here.Private).toBe(false);
  });

  it.each([undefined, null, 'text', {}, JSON.parse('{"vestibule.class:test.Answer":true}'), new Error('x')])(
    'takes nothing else for one: %p',
    (value) => {
      expect(value instanceof here.Answer).toBe(false);
    },
  );
});
