// Of its views a page shows one at a time, or none while it waits; a refusal may stand above it.
import { find } from './elements.js';

const ids = ['choices', 'identity', 'consent', 'outcome'];

/** @param {'choices' | 'identity' | 'consent' | 'outcome'} [view] */
export function showView(view) {
  // No page has all of them.
  for (const id of ids.filter((one) => document.getElementById(one))) {
    find(id, HTMLElement).hidden = id !== view;
  }
}
