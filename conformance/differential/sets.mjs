// Of which set of Backstage packages a portal, a case or a place of a difference is: of both, or of the one that it names.
import { backstageSet } from '../backstageSet.mjs';

export const setNames = ['newest', 'previous'];

/** What names no set is of both. */
export const isOfSet = ({ set }, name = backstageSet) => set === undefined || set === name;

/** A portal or a case of one set alone. */
export const inNewest = (one) => ({ ...one, set: 'newest' });
export const inPrevious = (one) => ({ ...one, set: 'previous' });
