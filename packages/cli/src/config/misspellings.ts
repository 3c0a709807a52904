/**
 * Misspelt keys as patterns, since JSON Schema has no notion of what resembles what. A start refuses more, and nothing less:
 * here is what one edit, another letter case or another separator makes of a key.
 */
import type { JsonSchema } from './schemaParts.ts';

/** Of shorter words a start refuses too few misspellings to guess at. */
const shortestName = 5;

/**
 * A schema of the object for each of the names, which refuses its misspellings. `errorMessage`, which editors show at the key,
 * is no keyword of JSON Schema's.
 *
 * @param known - All that may stand there, which nobody takes for a misspelling.
 */
export function misspellingsOf(names: Iterable<string>, known: ReadonlySet<string>): JsonSchema[] {
  return [...names].flatMap((name) => {
    if (name.length < shortestName || !/^[A-Za-z][A-Za-z0-9]*$/.test(name)) return [];
    const forms = `(?:${otherCase(name)}|${oneEdit(name)})`;
    const excepted = [...known].filter((one) => new RegExp(`^${forms}$`, 'u').test(one));
    const pattern = `^(?!(?:${excepted.join('|')})$)${forms}$`;
    return [
      {
        patternProperties: { [pattern]: false },
        errorMessage: `This is not a known key. Did you mean '${name}'?`,
      },
    ];
  });
}

/** The letters in any case, with any separators between them. */
function otherCase(name: string): string {
  return [...name]
    .map((letter) => (/[a-z]/i.test(letter) ? `[${letter.toLowerCase()}${letter.toUpperCase()}]` : letter))
    .join('[-_]*');
}

/** One letter added, left out or replaced, or two neighbours swapped. */
function oneEdit(name: string): string {
  const [letter = '', next = ''] = name;
  if (letter === '') return '.?';
  const rest = name.slice(1);
  const here = [`.${name}`, `.?${rest}`];
  if (next !== '' && next !== letter) here.push(`${next}${letter}${name.slice(2)}`);
  return `(?:${letter}${oneEdit(rest)}|${here.join('|')})`;
}
