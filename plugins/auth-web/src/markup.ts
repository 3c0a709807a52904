/** HTML from templates: whatever is interpolated is text, unless it is HTML made here. */

/** Finished HTML. Made by {@link markup} only. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Numbers, texts and attribute values, escaped; finished HTML, as it is; lists, joined; `undefined` and `false`, nothing. */
export type Interpolation = string | number | Html | undefined | false | readonly Interpolation[];

/** A template: markup`<p>${text}</p>`. Attribute values must stand in double quotes. */
export function markup(parts: TemplateStringsArray, ...values: Interpolation[]): Html {
  return new Html(
    parts.map((part, index) => part + (index < values.length ? render(values[index]) : '')).join(''),
  );
}

/** JSON inside a script element of type application/json: valid there, and never the end of the element. */
export function jsonInHtml(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapeUnicode));
}

function render(value: Interpolation): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
