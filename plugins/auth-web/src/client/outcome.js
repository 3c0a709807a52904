// The last view: what became of the request, or why there is nothing to decide.
import { find } from './elements.js';
import { tell } from './status.js';
import { showView } from './views.js';

/**
 * @param {object} outcome
 * @param {string} outcome.title
 * @param {string} outcome.sentence
 * @param {string} [outcome.next] What to do now.
 * @param {{ href: string, label: string }} [outcome.link]
 * @param {boolean} [outcome.canRetry] Whether the same page may work in a moment.
 */
export function showOutcome({ title, sentence, next = '', link, canRetry = false }) {
  find('outcome-title', HTMLElement).textContent = title;
  find('outcome-sentence', HTMLElement).textContent = sentence;
  find('outcome-next', HTMLElement).textContent = next;
  const anchor = find('outcome-link', HTMLAnchorElement);
  anchor.hidden = link === undefined;
  anchor.textContent = link?.label ?? '';
  if (link) anchor.href = link.href;
  find('outcome-retry', HTMLButtonElement).hidden = !canRetry;
  tell('');
  showView('outcome');
  find('outcome-title', HTMLElement).focus();
}
