/** Every language that comes with the pages says all that the English one says, with the same values. */
import { describe, expect, it } from '@jest/globals';
import { signInCodes } from '@vestibule/plugin-auth-node';
import { builtIn } from '../language/builtIn.ts';
import { placeholdersIn, type Message } from '../language/catalogue.ts';
import { isLanguageTag } from '../language/direction.ts';
import { en } from './en.ts';

/** `section.key` -> the text. */
function flat(catalogue: object): Map<string, Message> {
  return new Map(
    Object.entries(catalogue as Record<string, Record<string, Message>>).flatMap(([section, texts]) =>
      Object.entries(texts).map(([key, message]): [string, Message] => [`${section}.${key}`, message]),
    ),
  );
}

it.each([...builtIn.keys()])('%s is a language tag in its canonical spelling', (tag) => {
  expect(isLanguageTag(tag)).toBe(true);
});

it('has a sentence for every code of sign-in', () => {
  expect(Object.keys(en.refusals)).toEqual(expect.arrayContaining(Object.keys(signInCodes)));
});

describe.each([...builtIn].map(([tag, catalogue]) => ({ tag, texts: flat(catalogue) })))(
  'the catalogue $tag',
  ({ tag, texts }) => {
    const english = flat(en);

    it('has the keys of the English one, and no others', () => {
      const sorted = (keys: Iterable<string>): string[] => [...keys].sort();
      expect(sorted(texts.keys())).toEqual(sorted(english.keys()));
    });

    it('puts the same values into each text', () => {
      const placeholders = (all: Map<string, Message>) =>
        Object.fromEntries([...all].map(([key, message]) => [key, placeholdersIn(message)]));
      expect(placeholders(texts)).toEqual(placeholders(english));
    });

    it('leaves no text empty, and has every plural form that its language knows', () => {
      const { pluralCategories } = new Intl.PluralRules(tag).resolvedOptions();
      for (const [key, message] of texts) {
        if (typeof message === 'string') expect([key, message.trim()]).not.toEqual([key, '']);
        else expect([key, Object.keys(message).sort()]).toEqual([key, [...pluralCategories].sort()]);
      }
    });
  },
);

it('speaks to people in German as „Sie“', () => {
  for (const [key, message] of flat(builtIn.get('de') ?? {})) {
    const text = typeof message === 'string' ? message : Object.values(message).join(' ');
    expect([key, /\b(?:du|dir|dich|dein\w*|euch|euer)\b/i.exec(text)?.[0]]).toEqual([key, undefined]);
  }
});
