/** Patterns of entity references, in which `*` stands for any characters: `group:default/team-*`. */
import { asciiLowerCase } from '@vestibule/catalog-model';

/** Whether a reference (full, lower case) is taken: one of `include` fits, if there is any, and none of `exclude`. */
export function createRefFilter(options: {
  include?: readonly string[] | undefined;
  exclude?: readonly string[] | undefined;
}): (ref: string) => boolean {
  const include = options.include?.map(readPattern);
  const exclude = (options.exclude ?? []).map(readPattern);
  return (ref) => {
    const fitsOne = (fits: (ref: string) => boolean) => fits(ref);
    return (include?.some(fitsOne) ?? true) && !exclude.some(fitsOne);
  };
}

/** By hand, since a regular expression with several `.*` can take very long. */
function readPattern(pattern: string): (ref: string) => boolean {
  const [first = '', ...rest] = asciiLowerCase(pattern).split('*');
  const last = rest.pop();
  if (last === undefined) return (ref) => ref === first;
  return (ref) => {
    if (!ref.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = ref.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return ref.length - last.length >= at && ref.endsWith(last);
  };
}
