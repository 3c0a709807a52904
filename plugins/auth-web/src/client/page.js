// The sign-in page. It has two views, the choices and the identity; a refusal stands above the choices.
import { fetchOwned, refresh, signOut } from './backend.js';
import { choiceOf, lastChoice, onForgottenElsewhere, pickerOf, rememberChoice } from './choice.js';
import { find } from './elements.js';
import { showPictures } from './icons.js';
import { clearIdentity, showIdentity } from './identity.js';
import { showGroups, showOwned, showOwnedProblem } from './ownership.js';
import { pageData } from './pageData.js';
import { preparePicker } from './picker.js';
import { signInWithPopup } from './popup.js';
import { Refusal } from './refusal.js';
import { hideRefusal, showRefusal } from './refusalPanel.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

const buttons = [...document.querySelectorAll('button.choice')].filter(
  (button) => button instanceof HTMLButtonElement,
);
const offered = buttons.map(choiceOf);

/** @type {{ choice: Choice, response: AuthResponse } | undefined} Who is signed in. */
let current;
/** @type {AbortController | undefined} Ends the sign-in that is under way. */
let underWay;

for (const button of buttons) {
  const choice = choiceOf(button);
  button.addEventListener('click', () => void begin(button, choice));
  // A redirect leaves this page; after the return, a silent refresh finds the new session.
  button
    .closest('li')
    ?.querySelector('a.redirect')
    ?.addEventListener('click', () => rememberChoice(choice));
  const picker = pickerOf(button);
  if (picker) {
    preparePicker(picker, ({ entityRef }, picked) => void begin(picked, { ...choice, user: entityRef }));
  }
}
showPictures();
find('sign-out', HTMLButtonElement).addEventListener('click', () => void leave());
find('refresh', HTMLButtonElement).addEventListener('click', () => void renew());
find('copy', HTMLButtonElement).addEventListener('click', () => void copyAnswer());
onForgottenElsewhere(() => {
  if (current) showChoices('You signed out in another tab.');
});
void open();

/** What a freshly loaded page does. */
async function open() {
  if (location.origin !== pageData.origin) {
    say(`Sign-in works at ${pageData.origin} only. Please open the page there.`);
    return;
  }
  const query = new URLSearchParams(location.search);
  const choice = lastChoice(offered);
  if (query.has('error') || query.has('error_code')) {
    // Back from a redirect that failed. The address is cleaned, so that a reload does not repeat the refusal.
    history.replaceState(null, '', location.pathname);
    rememberChoice(undefined);
    const reference = query.get('error_reference') ?? undefined;
    showRefusal(new Refusal(query.get('error_code') ?? undefined, { reference }));
    return;
  }
  if (!choice) return;
  setView('waiting');
  say('Looking for your session …');
  try {
    showSignedIn(await refresh(choice), choice);
  } catch (error) {
    rememberChoice(undefined);
    setView('choices');
    const { code } = asRefusal(error);
    if (code === 'ERR_AUTH_SESSION_MISSING' || code === 'ERR_AUTH_SESSION_ENDED')
      say('Your session has ended.');
    else refuse(error);
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {Choice} choice
 */
async function begin(button, choice) {
  underWay?.abort();
  const attempt = new AbortController();
  underWay = attempt;
  hideRefusal();
  button.setAttribute('aria-busy', 'true');
  say(choice.kind === 'proxy' ? 'Signing in …' : 'Waiting for the sign-in window …');
  try {
    const response = await (choice.kind === 'proxy'
      ? refresh(choice)
      : signInWithPopup(choice, attempt.signal));
    rememberChoice(choice);
    showSignedIn(response, choice);
  } catch (error) {
    // Another choice was made meanwhile; that one reports.
    if (underWay === attempt) refuse(error);
  } finally {
    button.removeAttribute('aria-busy');
    if (underWay === attempt) underWay = undefined;
  }
}

/** Asks the session for a new answer. */
async function renew() {
  if (!current) return;
  const { choice } = current;
  try {
    showSignedIn(await refresh(choice), choice);
    say('Refreshed: this is a new token.');
  } catch (error) {
    rememberChoice(undefined);
    showChoices();
    refuse(error);
  }
}

async function leave() {
  if (!current) return;
  const { choice } = current;
  try {
    const logoutUrl = await signOut(choice);
    rememberChoice(undefined);
    if (logoutUrl !== undefined) location.assign(logoutUrl);
    else showChoices('You are signed out.');
  } catch {
    say('Signing out did not work. You are still signed in; please try again.');
  }
}

async function copyAnswer() {
  try {
    await navigator.clipboard.writeText(find('answer', HTMLElement).textContent ?? '');
    say('Copied. Remember that it contains tokens.');
  } catch {
    getSelection()?.selectAllChildren(find('answer', HTMLElement));
    say('The browser does not let this page copy. The text is selected: copy it yourself.');
  }
}

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
function showSignedIn(response, choice) {
  current = { choice, response };
  hideRefusal();
  showIdentity(response, choice);
  setView('identity');
  const name = find('identity-name', HTMLElement);
  document.title = `${name.textContent} – ${pageData.title}`;
  say('You are signed in.', { aloud: true });
  name.focus();
  void fillOwned(response);
}

/** @param {AuthResponse} response */
async function fillOwned(response) {
  const { backstageIdentity } = response;
  if (!backstageIdentity) return;
  const { userEntityRef, ownershipEntityRefs } = backstageIdentity.identity;
  showOwnedProblem('Asking the catalog …');
  showGroups(
    ownershipEntityRefs
      .filter((entityRef) => entityRef !== userEntityRef)
      .map((entityRef) => ({ entityRef, title: entityRef })),
  );
  try {
    const owned = await fetchOwned(backstageIdentity.token);
    if (current?.response === response) showOwned(owned);
  } catch {
    if (current?.response === response) {
      showOwnedProblem('The catalog cannot be asked right now. You are signed in all the same.');
    }
  }
}

/** @param {string} [message] */
function showChoices(message = '') {
  current = undefined;
  clearIdentity();
  setView('choices');
  document.title = `Sign in – ${pageData.title}`;
  say(message);
  find('choices-title', HTMLElement).focus();
}

/** @param {unknown} error */
function refuse(error) {
  say('');
  showRefusal(asRefusal(error));
}

/**
 * @param {unknown} error
 * @returns {Refusal}
 */
function asRefusal(error) {
  if (error instanceof Refusal) return error;
  return new Refusal(undefined, {
    sentence: 'The backend cannot be reached. Check your connection, then try again.',
  });
}

/** @param {'choices' | 'identity' | 'waiting'} view */
function setView(view) {
  find('choices', HTMLElement).hidden = view !== 'choices';
  find('identity', HTMLElement).hidden = view !== 'identity';
}

/**
 * Tells everyone, those who listen included, what is going on.
 *
 * @param {string} message
 * @param {{ aloud?: boolean }} [options] `aloud`: only to those who listen; the others see it anyway.
 */
function say(message, { aloud = false } = {}) {
  const status = find('status', HTMLElement);
  status.textContent = message;
  status.classList.toggle('unseen', aloud);
}
