/** RFC 4647 section 3.4 and RFC 9110 section 12.5.4. */
import { describe, expect, it } from '@jest/globals';
import { chooseLanguage, shortened } from './acceptLanguage.ts';

const offered = ['en', 'de', 'pt-BR', 'zh-Hant'] as const;

describe('the language of a page', () => {
  it.each([
    ['nothing', undefined, 'en'],
    ['an empty header', '', 'en'],
    ['a language', 'de', 'de'],
    ['a language in another spelling', 'PT-br', 'pt-BR'],
    ['a region of a language', 'de-CH', 'de'],
    ['a script and a region', 'zh-Hant-TW', 'zh-Hant'],
    ['a private use of a language', 'de-x-portal', 'de'],
    ['a wider one than there is, which is no match', 'pt', 'en'],
    ['a language that there is not, then one that there is', 'fr, de;q=0.8', 'de'],
    ['weights, the greatest first', 'en;q=0.3, de;q=0.9, pt-BR;q=0.5', 'de'],
    ['two of one weight, the first', 'pt-BR;q=0.8,de;q=0.8', 'pt-BR'],
    ['a language that is not wanted', 'de;q=0, fr', 'en'],
    ['any', '*', 'en'],
    ['any, and a language after it', '*;q=0.9, de;q=0.5', 'de'],
    ['what is no header', '"><script>, ;;, q=1, de-', 'en'],
    ['a weight that is none', 'de;q=2', 'en'],
  ])('for %s', (_, header, language) => {
    expect(chooseLanguage(header, offered)).toBe(language);
  });

  it('is found in a header of any length, of which the end is not read', () => {
    expect(chooseLanguage(`de,${'fr,'.repeat(100_000)}`, offered)).toBe('de');
    expect(chooseLanguage(`${'fr,'.repeat(100_000)}de`, offered)).toBe('en');
  });
});

it('shortens a tag by a subtag, and by the singleton before that', () => {
  expect(['zh-Hant-TW', 'de-x-a', 'de-x-a-bc', 'de'].map(shortened)).toEqual(['zh-Hant', 'de', 'de-x', '']);
});
