import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isGroupEntity, isUserEntity } from './kinds.ts';
import { asciiLowerCase, equalsIgnoringAsciiCase } from './letterCase.ts';

describe('asciiLowerCase', () => {
  it('changes A to Z and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const lower = asciiLowerCase(text);
        const codesOf = (of: string) => Array.from({ length: of.length }, (_, index) => of.charCodeAt(index));
        expect(codesOf(lower)).toEqual(
          codesOf(text).map((code) => (code >= 65 && code <= 90 ? code + 32 : code)),
        );
      }),
    );
  });

  it('agrees with Unicode lower-casing on ASCII text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(asciiLowerCase(text)).toBe(text.toLowerCase());
      }),
    );
  });

  it.each(['\u212A', '\u0130', 'Ä', 'Σ'])('leaves %s alone', (letter) => {
    expect(asciiLowerCase(letter)).toBe(letter);
  });
});

describe('equalsIgnoringAsciiCase', () => {
  it('takes the Kelvin sign and k for different letters', () => {
    expect(equalsIgnoringAsciiCase('\u212A', 'k')).toBe(false);
    expect(equalsIgnoringAsciiCase('K', 'k')).toBe(true);
  });
});

describe('kinds', () => {
  it.each(['User', 'user', 'USER'])('takes kind %s for a user and not for a group', (kind) => {
    const entity = { apiVersion: 'backstage.io/v1alpha1', kind, metadata: { name: 'jane' } };
    expect([isUserEntity(entity), isGroupEntity(entity)]).toEqual([true, false]);
  });
});
