/** What is added to an address, and what stays as it is. */
import { describe, expect, it } from '@jest/globals';
import { asGiven } from './allowedTargets.ts';
import { appendParameters } from './refusalPage.ts';

describe('parameters of ours', () => {
  it.each([
    ['http://a.test/', 'http://a.test/?error=no+way'],
    ['http://a.test', 'http://a.test?error=no+way'],
    ['http://a.test/x?', 'http://a.test/x?error=no+way'],
    ['http://a.test/x?a=1&', 'http://a.test/x?a=1&error=no+way'],
    [
      'http://a.test/x?q=a%20b+c&e=%C3%A9&empty&twice=1&twice=2;d',
      'http://a.test/x?q=a%20b+c&e=%C3%A9&empty&twice=1&twice=2;d&error=no+way',
    ],
    [
      "http://a.test/%7euser/?q='x'#/in/it?not=this",
      "http://a.test/%7euser/?q='x'&error=no+way#/in/it?not=this",
    ],
    ['http://a.test/#a#b', 'http://a.test/?error=no+way#a#b'],
  ])('come after the query of %s', (address, expected) => {
    expect(appendParameters(address, { error: 'no way', absent: undefined })).toBe(expected);
  });
});

describe('an address', () => {
  it.each([
    "http://a.test/%7euser/../x?q='y'&r=%2f+%20#z",
    'http://a.test:80/',
    'https://a.test',
    'app://callback/x',
  ])('written with the characters of a URL stays byte for byte: %s', (text) => {
    expect(asGiven(text)).toBe(text);
  });

  it.each([
    ['http:\\\\a.test\\x', 'http://a.test/x'],
    ['http:a.test/x', 'http://a.test/x'],
    ['http://a.test\\@evil.test/', 'http://a.test/@evil.test/'],
    ['HTTP://A.test/x', 'http://a.test/x'],
    ['http://a.test/é', 'http://a.test/%C3%A9'],
  ])('that somebody could read otherwise is brought into its normal form: %s', (text, normal) => {
    expect(asGiven(text)).toBe(normal);
  });
});
