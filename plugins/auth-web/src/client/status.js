// The line beside the portal's name.
import { find } from './elements.js';

/**
 * Tells everyone, those who listen included, what is going on.
 *
 * @param {string} message
 * @param {{ aloud?: boolean }} [options] `aloud`: only to those who listen; the others see it anyway.
 */
export function tell(message, { aloud = false } = {}) {
  const status = find('status', HTMLElement);
  status.textContent = message;
  status.classList.toggle('unseen', aloud);
}
