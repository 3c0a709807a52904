/**
 * A catalogue of texts: sections with keys, as data. A text may have placeholders (`{title}`); one that counts has a text for
 * each plural category of its language (CLDR), of which `other` is always there.
 */
import type { en } from '../messages/en.ts';

/** The plural categories of CLDR. */
export const pluralCategories = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

/** A text that depends on a number. */
export type PluralMessage = Readonly<
  Partial<Record<(typeof pluralCategories)[number], string>> & { other: string }
>;

/** @see Catalogue */
export type Message = string | PluralMessage;

/** Whoever writes one has all sections and all keys of the English one. @public */
export type Catalogue = {
  readonly [Section in keyof typeof en]: {
    readonly [Key in keyof (typeof en)[Section]]: (typeof en)[Section][Key] extends string
      ? string
      : PluralMessage;
  };
};

/** One that may lack anything, as the config has it. */
export type PartialCatalogue = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** The placeholders of a text, sorted, each once. */
export function placeholdersIn(message: Message): string[] {
  const texts = typeof message === 'string' ? [message] : Object.values(message);
  return [...new Set(texts.flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();
}

/** The section and the key of a text, for example `signIn.heading`. @public */
export type MessageKey = {
  [Section in keyof Catalogue]: `${Section}.${keyof Catalogue[Section] & string}`;
}[keyof Catalogue];
