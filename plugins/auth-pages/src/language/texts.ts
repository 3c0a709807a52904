/** The texts of one language: what stands in its catalogue, else in that of the language above it, else in English. */
import type { Html } from '@vestibule/backend-plugin-api';
import { markup, type Interpolation } from '@vestibule/backend-plugin-api';
import { shortened } from './acceptLanguage.ts';
import type { Catalogue, MessageKey, PartialCatalogue, PluralMessage } from './catalogue.ts';
import { directionOf, type Direction } from './direction.ts';

/** What is put into the placeholders; `count` chooses the plural category, too. */
export type Values = Readonly<Record<string, string | number>>;

/** All the texts of a page, by key, and how to say them. @public */
export class Texts {
  readonly direction: Direction;
  private readonly plurals: Intl.PluralRules;

  /** @param chain - The catalogues, the nearest first; the last one has everything. */
  constructor(
    readonly language: string,
    private readonly chain: readonly PartialCatalogue[],
  ) {
    this.direction = directionOf(language);
    this.plurals = new Intl.PluralRules(language);
  }

  /** A text with its values. */
  say(key: MessageKey, values: Values = {}): string {
    return this.pattern(key, values).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : this.isolated(String(value));
    });
  }

  /** The same, of which values may be HTML. */
  sayHtml(key: MessageKey, values: Readonly<Record<string, Interpolation>>): Html {
    const parts = this.pattern(key, {}).split(/\{(\w+)\}/);
    return markup`${parts.map((part, index) => (index % 2 === 0 ? part : values[part]))}`;
  }

  /** What a code says to the person; `undefined` for one that nobody knows. */
  refusal(code: string): string | undefined {
    const message = this.find('refusals', code);
    return typeof message === 'string' ? message : undefined;
  }

  /** Whole sections, for scripts. */
  sections<T extends keyof Catalogue>(...names: readonly T[]): Record<T, Record<string, unknown>> {
    const merged = names.map((name) => [
      name,
      Object.assign({}, ...this.chain.map((catalogue) => catalogue[name] ?? {}).reverse()) as object,
    ]);
    return Object.fromEntries(merged) as Record<T, Record<string, unknown>>;
  }

  private pattern(key: MessageKey, { count }: Values): string {
    const [section = '', name = ''] = key.split('.');
    const message = this.find(section, name) as string | PluralMessage;
    if (typeof message === 'string') return message;
    return message[this.plurals.select(Number(count ?? 0))] ?? message.other;
  }

  private find(section: string, name: string): unknown {
    for (const catalogue of this.chain) {
      const texts = catalogue[section];
      if (texts && Object.hasOwn(texts, name)) return texts[name];
    }
    return undefined;
  }

  /** So that a name of the other direction turns nothing around (UAX 9 section 2.7). */
  private isolated(value: string): string {
    return this.direction === 'rtl' ? `\u2068${value}\u2069` : value;
  }
}

/** The texts of each language that is offered. */
export function textsOf(
  languages: readonly string[],
  catalogues: ReadonlyMap<string, readonly PartialCatalogue[]>,
): ReadonlyMap<string, Texts> {
  const english = catalogues.get('en') ?? [];
  return new Map(
    languages.map((language) => {
      const chain: PartialCatalogue[] = [];
      for (let tag = language; tag !== ''; tag = shortened(tag)) {
        if (tag !== 'en') chain.push(...(catalogues.get(tag) ?? []));
      }
      return [language, new Texts(language, [...chain, ...english])];
    }),
  );
}
