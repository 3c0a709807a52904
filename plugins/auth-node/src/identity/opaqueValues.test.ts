import { describe, expect, it } from '@jest/globals';
import { randomBuffer, randomToken } from './opaqueValues.ts';

describe('randomBuffer', () => {
  it('gives every byte out once, whatever the draws it comes of', () => {
    const seen = new Set<string>();
    const lengths = [12, 32, 5, 16, 32];
    for (let index = 0; index < 20_000; index += 1) {
      const length = lengths[index % lengths.length]!;
      const bytes = randomBuffer(length);
      expect(bytes).toHaveLength(length);
      // Of five bytes two may be equal by chance.
      if (length > 5) seen.add(bytes.toString('hex'));
    }
    expect(seen.size).toBe(16_000);
  });

  it('never changes what it gave out', () => {
    const given = Array.from({ length: 1000 }, () => randomBuffer(32));
    const before = given.map((bytes) => bytes.toString('hex'));
    for (let index = 0; index < 1000; index += 1) randomBuffer(32).fill(0);
    expect(given.map((bytes) => bytes.toString('hex'))).toEqual(before);
    expect(given.some((bytes) => bytes.every((byte) => byte === 0))).toBe(false);
  });

  it('gives none of more than a draw', () => {
    expect(randomBuffer(4096)).toHaveLength(4096);
    for (const length of [4097, -1, 1.5, NaN, undefined, null, '8'])
      expect(() => randomBuffer(length as number)).toThrow(RangeError);
  });

  it('gives out nothing besides: what stands behind the bytes is not what comes next', () => {
    const given = randomBuffer(16);
    const all = Buffer.from(given.buffer).toString('latin1');
    for (let index = 0; index < 20; index += 1)
      expect(all).not.toContain(randomBuffer(16).toString('latin1'));
  });
});

describe('randomToken', () => {
  it('has 256 bits, in base64url', () => {
    const tokens = Array.from({ length: 1000 }, randomToken);
    expect(new Set(tokens).size).toBe(1000);
    expect(tokens.every((token) => /^[\w-]{43}$/.test(token))).toBe(true);
  });
});
