/** Suggestions for misspelt names. */
import { editDistance, fold } from './resemblance.ts';

/**
 * The candidate nearest to `name`, or `undefined` when none is near: equal but for case and separators, or at most a
 * third of its letters (at least one) added, removed, replaced or swapped.
 *
 * @public
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(name);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const folded = fold(candidate);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, folded.length) / 3));
    const distance = editDistance(wanted, folded);
    if (distance <= limit && (!best || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}
