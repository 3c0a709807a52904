// The way of signing in that this browser used last, so that a reload finds the session again.
import { pageData } from './pageData.js';

/**
 * @typedef {object} Choice
 * @property {string} providerId
 * @property {string} environment
 * @property {'oauth' | 'proxy'} kind
 * @property {string} title
 * @property {boolean} canPickUser Whether a user of the catalog may be named.
 * @property {string} [user] Full reference of the user that was picked.
 */

// Several portals may share an origin.
const key = `vestibule:last-sign-in${pageData.address.basePath}`;

/**
 * The choice of a button of the page.
 *
 * @param {HTMLButtonElement} button
 * @returns {Choice}
 */
export function choiceOf(button) {
  const { provider = '', environment = '', kind, title = '' } = button.dataset;
  return {
    providerId: provider,
    environment,
    kind: kind === 'proxy' ? 'proxy' : 'oauth',
    title,
    canPickUser: pickerOf(button) !== undefined,
  };
}

/**
 * Where a button's choice lets the person pick a user.
 *
 * @param {HTMLButtonElement} button
 * @returns {HTMLDetailsElement | undefined}
 */
export function pickerOf(button) {
  const picker = button.closest('li')?.querySelector('details.picker');
  return picker instanceof HTMLDetailsElement ? picker : undefined;
}

/**
 * The last choice, if the page still offers it.
 *
 * @param {readonly Choice[]} offered
 * @returns {Choice | undefined}
 */
export function lastChoice(offered) {
  try {
    const { providerId, environment, user } = JSON.parse(localStorage.getItem(key) ?? '{}');
    const last = offered.find(
      (choice) => choice.providerId === providerId && choice.environment === environment,
    );
    if (user === undefined || !last) return last;
    // Where nobody can be picked any more, the guest of the config is somebody else.
    return typeof user === 'string' && last.canPickUser ? { ...last, user } : undefined;
  } catch {
    // Storage may be blocked; then a reload asks again.
    return undefined;
  }
}

/** @param {Choice | undefined} choice `undefined` forgets it. */
export function rememberChoice(choice) {
  try {
    if (!choice) localStorage.removeItem(key);
    else {
      const { providerId, environment, user } = choice;
      localStorage.setItem(key, JSON.stringify({ providerId, environment, user }));
    }
  } catch {
    // As above.
  }
}

/**
 * Calls back when another tab signs out.
 *
 * @param {() => void} listener
 */
export function onForgottenElsewhere(listener) {
  window.addEventListener('storage', (event) => {
    if (event.key === key && event.newValue === null) listener();
  });
}
