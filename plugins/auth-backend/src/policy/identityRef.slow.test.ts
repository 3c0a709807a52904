/** Whatever anybody is called: none of Unicode's letters leads to another's name. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readIdentityRef } from '@vestibule/plugin-auth-node';

it('no two references that differ in more than letter case become one, and each stays what it became', () => {
  const names = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(names, (name) => {
      const read = readIdentityRef(`user:default/${name}`);
      if (!('ref' in read)) return;
      const { ref } = read;
      expect(ref).toMatch(/^user:default\/[^|:\n\r\0]+$/);
      expect(ref.normalize('NFC')).toBe(ref);
      expect(readIdentityRef(ref)).toEqual(read);
      // Who is a plain name was one before.
      if (/^user:default\/[ -~]+$/.test(ref)) expect(name).toMatch(/^[ -~]+$/);
    }),
    { numRuns: 2000 },
  );
});

it('no two letters become one but by their letter case', () => {
  const spellings = new Map<string, string[]>();
  for (let code = 1; code <= 0x1ffff; code += 1) {
    const letter = String.fromCodePoint(code);
    const read = readIdentityRef(`user:default/${letter}`);
    if ('ref' in read) spellings.set(read.ref, [...(spellings.get(read.ref) ?? []), letter]);
  }
  const merged = [...spellings.values()].filter((letters) => letters.length > 1);
  expect(merged.length).toBeGreaterThan(1000);
  expect(
    merged.filter(
      ([upper, lower, ...more]) =>
        more.length > 0 || (upper?.toLowerCase() !== lower && lower?.toLowerCase() !== upper),
    ),
  ).toEqual([]);
});
