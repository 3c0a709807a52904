/**
 * HTML and SVG from templates: whatever is interpolated is text, unless it is HTML already. The tag is not called `html`,
 * because formatters rewrite what stands in templates of that name, and some pages are held to their bytes.
 */
import { knowEveryCopy } from '../knowEveryCopy.ts';

/** Finished HTML: of {@link markup}, or a text that is known to be HTML. @public */
export class Html {
  static {
    knowEveryCopy(this, 'Html');
  }

  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/**
 * Numbers, texts and attribute values, escaped; finished HTML, as it is; lists, joined; `undefined` and `false`, nothing.
 *
 * @public
 */
export type Interpolation = string | number | Html | undefined | false | readonly Interpolation[];

/** A template: markup`<p title="${title}">${text}</p>`. Attribute values must stand in double quotes. @public */
export function markup(parts: TemplateStringsArray, ...values: Interpolation[]): Html {
  return new Html(parts.map((part, index) => part + render(values[index])).join(''));
}

/** JSON inside a script element of type application/json: valid there, and never the end of the element. @public */
export function jsonInHtml(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapeUnicode));
}

function render(value: Interpolation): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
