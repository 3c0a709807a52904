// The way of signing in that this browser used last, so that a reload finds the session again.

/**
 * @typedef {object} Choice
 * @property {string} providerId
 * @property {string} environment
 * @property {'oauth' | 'proxy'} kind
 * @property {string} title
 */

const key = 'vestibule:last-sign-in';

/**
 * The choice of a button of the page.
 *
 * @param {HTMLButtonElement} button
 * @returns {Choice}
 */
export function choiceOf(button) {
  const { provider = '', environment = '', kind, title = '' } = button.dataset;
  return { providerId: provider, environment, kind: kind === 'proxy' ? 'proxy' : 'oauth', title };
}

/**
 * The last choice, if the page still offers it.
 *
 * @param {readonly Choice[]} offered
 * @returns {Choice | undefined}
 */
export function lastChoice(offered) {
  try {
    const { providerId, environment } = JSON.parse(localStorage.getItem(key) ?? '{}');
    return offered.find((choice) => choice.providerId === providerId && choice.environment === environment);
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
      const { providerId, environment } = choice;
      localStorage.setItem(key, JSON.stringify({ providerId, environment }));
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
