/**
 * How many bits somebody has to guess who knows what people write where a secret belongs: the words of placeholders, runs
 * over the keyboard and the alphabet, and the same once more. What nobody can explain counts by its characters.
 */
import { encodings, placeholderWords, walks } from './knownText.ts';

/** A word of many, a run, or what stood before: so little that half a dozen of them are no secret. */
const bitsOfWord = 3;
/** Of two or three letters, which also happen at random. */
const bitsOfShortWord = 5;
const bitsOfRun = 4;
const shortestRun = 3;

/** What somebody has to guess, in bits. */
export function guessingBits(text: string): number {
  return Math.min(bitsOf(text), ...encodings(text).map(bitsOf));
}

function bitsOf(text: string): number {
  const bitsOfCharacter = Math.log2(alphabetOf(text));
  // What joins words is no secret.
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}@$]+/gu, '');
  const read = [...plain].map((character) => letterOf[character] ?? character).join('');
  const least = [0];
  for (let end = 1; end <= plain.length; end += 1) {
    let best = at(least, end - 1) + bitsOfCharacter;
    for (let start = 0; start < end; start += 1) {
      const bits = bitsOfPiece(plain, read, start, end);
      if (bits !== undefined) best = Math.min(best, at(least, start) + bits);
    }
    least.push(best);
  }
  return at(least, plain.length);
}

function bitsOfPiece(plain: string, read: string, start: number, end: number): number | undefined {
  const piece = plain.slice(start, end);
  if (placeholderWords.has(piece) || placeholderWords.has(read.slice(start, end))) {
    return piece.length > 3 ? bitsOfWord : bitsOfShortWord;
  }
  if (piece.length < shortestRun) return undefined;
  const isRun = walks.some((walk) => walk.includes(piece)) || /^(.)\1+$/u.test(piece);
  // What was said before may begin anywhere before, so that a pattern explains all of its repetitions.
  return isRun || plain.indexOf(piece) < start ? bitsOfRun : undefined;
}

/** What people write for letters. */
const letterOf: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
};

/** How many characters there are of the kinds that occur. */
function alphabetOf(text: string): number {
  const kinds: [RegExp, number][] = [
    [/\d/, 10],
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[^\da-zA-Z]/, 32],
  ];
  return kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0) || 1;
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0;
}
