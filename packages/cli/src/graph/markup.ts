/** HTML from templates: whatever is interpolated is text, unless it was made here. */

/** Finished HTML. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Text is escaped; lists are joined; `undefined` and `false` are nothing. */
export type Content = string | number | Html | undefined | false | readonly Content[];

/** A template. Attribute values must stand in double quotes. */
export function markup(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.map((part, index) => part + rendered(values[index])).join(''));
}

function rendered(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(rendered).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
