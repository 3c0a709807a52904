/**
 * Whether a key that no schema knows was meant for one of ours. Strict where it is: what resembles a key is refused. Careful
 * where it is not: short words and words of every day, such as `url`, `host` and `enabled`, are anybody's.
 */

/**
 * Whether a name is a misspelling of another: equal but for letter case and separators, or a few letters added, left out,
 * replaced or swapped. How many follows from the length, and of words with up to four letters none may be replaced, since
 * `hd` and `id`, `sub` and `url` are different words.
 */
export function resembles(name: string, other: string): boolean {
  const [a, b] = [fold(name), fold(other)];
  if (a === b) return true;
  const longest = Math.max(a.length, b.length);
  if (longest <= 4)
    return isSwapped(a, b) || (longest === 4 && a.length !== b.length && editDistance(a, b) === 1);
  return editDistance(a, b) <= Math.min(4, Math.max(1, Math.floor(longest / 4)));
}

/**
 * Whether a name says in one word what a path says in two: `allowDomains` or `allowedDomains` for `allow.domains`,
 * `allowedOrganisations` for `allow.githubOrganizations`. Its first word is the path's first, its last the path's last.
 */
export function saysInOneWord(name: string, [outer, inner]: readonly [string, string]): boolean {
  const words = wordsOf(name);
  const [first, last] = [words[0], words.at(-1)];
  if (words.length < 2 || first === undefined || last === undefined) return false;
  const [outerFirst = ''] = wordsOf(outer);
  return isForm(first, outerFirst) && resembles(last, wordsOf(inner).at(-1) ?? '');
}

/** Whether a name is one of several words, which nobody else happens to choose. */
export function isSpecific(name: string): boolean {
  return wordsOf(name).length > 1;
}

/** Whether a word is another with an ending, as `allowed` is `allow`, or resembles it. */
export function isForm(word: string, base: string): boolean {
  return (
    resembles(word, base) || (base.length >= 4 && word.length <= base.length + 3 && word.startsWith(base))
  );
}

/** The words of a name, in small letters: of `allowedDomains` and of `allowed-domains` the same. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}

export function fold(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Two neighbours that changed places, as in `ulr`. */
function isSwapped(a: string, b: string): boolean {
  return (
    a.length === b.length && [...a].sort().join('') === [...b].sort().join('') && editDistance(a, b) === 1
  );
}

/** Optimal string alignment: neighbours that changed places count as one edit. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
