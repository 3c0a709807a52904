// Picking a user of the catalog, in development: the list is fetched when it is opened, and for each text searched for.
import { fetchPickableUsers } from './backend.js';
import { build } from './elements.js';
import { say } from './texts.js';

/** @import { PickableUser } from './backend.js' */

const typingMilliseconds = 150;

/**
 * Brings a picker of the page to life.
 *
 * @param {HTMLDetailsElement} picker
 * @param {(user: PickableUser, button: HTMLButtonElement) => void} pick
 */
export function preparePicker(picker, pick) {
  const search = part(picker, 'input', HTMLInputElement);
  const found = part(picker, '.found', HTMLElement);
  const people = part(picker, '.people', HTMLElement);
  /** @type {AbortController | undefined} */
  let asking;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;

  async function ask() {
    asking?.abort();
    const current = new AbortController();
    asking = current;
    try {
      const { users, truncated } = await fetchPickableUsers(search.value.trim(), current.signal);
      if (asking !== current) return;
      people.replaceChildren(...users.map((user) => person(user, pick)));
      found.textContent = foundSentence(users.length, truncated);
    } catch {
      if (asking !== current) return;
      people.replaceChildren();
      found.textContent = say('picker.unavailable');
    }
  }

  picker.addEventListener('toggle', () => {
    if (!picker.open) return;
    search.focus();
    void ask();
  });
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => void ask(), typingMilliseconds);
  });
  picker.addEventListener('keydown', (event) => {
    const buttons = [...people.querySelectorAll('button')];
    const stops = [search, ...buttons];
    const at = stops.findIndex((stop) => stop === document.activeElement);
    if (event.key === 'Escape') {
      picker.open = false;
      part(picker, 'summary', HTMLElement).focus();
    } else if (event.key === 'Enter' && at === 0 && buttons.length === 1) {
      buttons[0]?.click();
    } else if (at >= 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      stops[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}

/**
 * @param {PickableUser} user
 * @param {(user: PickableUser, button: HTMLButtonElement) => void} pick
 */
function person(user, pick) {
  const { entityRef, title, groups } = user;
  const button = build(
    'button',
    { type: 'button' },
    build('strong', {}, title),
    build('span', { class: 'kind' }, say('picker.groups', { count: groups })),
    build('code', {}, entityRef),
  );
  button.addEventListener('click', () => pick(user, button));
  return build('li', {}, button);
}

/**
 * @param {number} count
 * @param {boolean} truncated
 */
function foundSentence(count, truncated) {
  if (truncated) return say('picker.truncated', { count });
  return count === 0 ? say('picker.nobody') : say('picker.found', { count });
}

/**
 * @template {typeof HTMLElement} T
 * @param {HTMLElement} whole
 * @param {string} selector
 * @param {T} type
 * @returns {InstanceType<T>}
 */
function part(whole, selector, type) {
  const element = whole.querySelector(selector);
  if (element instanceof type) return /** @type {InstanceType<T>} */ (element);
  throw new Error(`the page has no ${selector} where it belongs`);
}
