// What differs between two answers, and whether differences.mjs lists it.

/** The fields that are not the same, with both values. */
export function compareFields({ theirs, ours }) {
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .map((field) => ({ field, theirs: theirs.get(field), ours: ours.get(field) }))
    .filter((both) => both.theirs !== both.ours);
}

/** What follows from an answer being another one altogether. */
const partsOfAnAnswer =
  /^(status|location|body|posted|page|header (content-type|content-security-policy|x-frame-options|allow)|cookie \w+-refresh-token\.)/;

/**
 * Whether a place of differences.mjs lists a difference.
 *
 * @param place - One field, or (without `field`) an answer that is another one altogether, told by some of its fields.
 * @param answers - Both answers, by their fields.
 */
export function isListedAt(place, difference, answers) {
  if (!fits(place.of, difference.of)) return false;
  if ('field' in place) return ['field', 'theirs', 'ours'].every((key) => fits(place[key], difference[key]));
  return (
    partsOfAnAnswer.test(difference.field) &&
    ['theirs', 'ours'].every((side) =>
      Object.entries(place[side]).every(([field, wanted]) => fits(wanted, answers[side].get(field))),
    )
  );
}

const fits = (wanted, value) =>
  wanted instanceof RegExp ? value !== undefined && wanted.test(String(value)) : wanted === value;
