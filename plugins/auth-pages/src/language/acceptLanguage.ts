/** Which language a browser gets: lookup by RFC 4647 section 3.4, over what `Accept-Language` says (RFC 9110 section 12.5.4). */

/** What of a header is looked at: nobody speaks more languages than that, and anybody can send it. */
const mostRanges = 32;
const longestHeader = 1000;

/**
 * The first of the caller's languages that is offered, in the spelling of the offer.
 *
 * @param offered - Language tags; the first is the answer to whoever asks for none of them.
 */
export function chooseLanguage(header: string | undefined, offered: readonly [string, ...string[]]): string {
  const byTag = new Map(offered.map((tag) => [tag.toLowerCase(), tag]));
  for (const range of rangesIn(header ?? '')) {
    for (let tag = range; tag !== ''; tag = shortened(tag)) {
      const found = byTag.get(tag);
      if (found !== undefined) return found;
    }
  }
  return offered[0];
}

/** The tag without its last subtag, nor a singleton before that, as RFC 4647 section 3.4 wants; empty in the end. */
export function shortened(tag: string): string {
  const shorter = tag.slice(0, Math.max(0, tag.lastIndexOf('-')));
  return /(?:^|-)\w$/.test(shorter) ? shorter.slice(0, -1).replace(/-$/, '') : shorter;
}

/** In lower case, most wanted first. `*` stands for any, which is the default; those with weight 0 are not wanted. */
function rangesIn(header: string): string[] {
  return header
    .slice(0, longestHeader)
    .split(',', mostRanges)
    .flatMap((part) => {
      const [, range = '', weight = '1'] =
        /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(part) ?? [];
      return range === '' || Number(weight) === 0
        ? []
        : [{ range: range.toLowerCase(), weight: Number(weight) }];
    })
    .sort((one, other) => other.weight - one.weight)
    .map(({ range }) => range);
}
