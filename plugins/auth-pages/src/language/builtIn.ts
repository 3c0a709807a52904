/** The languages that come with the pages. Whoever adds a catalogue names it here. */
import { de } from '../messages/de.ts';
import { en } from '../messages/en.ts';
import type { Catalogue } from './catalogue.ts';

export const builtIn: ReadonlyMap<string, Catalogue> = new Map<string, Catalogue>([
  ['en', en],
  ['de', de],
]);
