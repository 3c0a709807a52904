// Signing in, as every page here does it: the choices, the session that is there already, and the refusals.
import { refresh } from './backend.js';
import { choiceOf, lastChoice, pickerOf, rememberChoice } from './choice.js';
import { find } from './elements.js';
import { pageData } from './pageData.js';
import { preparePicker } from './picker.js';
import { PopupClosed, onCutOffWindowDone, signInWithPopup } from './popup.js';
import { Refusal } from './refusal.js';
import { hideRefusal, showRefusal } from './refusalPanel.js';
import { tell } from './status.js';
import { say } from './texts.js';
import { showView } from './views.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/** @typedef {(response: AuthResponse, choice: Choice) => void} SignedInListener */

const buttons = [...document.querySelectorAll('button.choice')].filter(
  (button) => button instanceof HTMLButtonElement,
);
const offered = buttons.map(choiceOf);

const endOfSession = ['ERR_AUTH_SESSION_MISSING', 'ERR_AUTH_SESSION_ENDED', 'ERR_AUTH_SESSION_NOT_RENEWABLE'];

/** @type {AbortController | undefined} Ends the sign-in that is under way. */
let underWay;
/** @type {Choice | undefined} Whose window seemed closed; perhaps it goes on, cut off from this page. */
let perhapsCutOff;
/** @type {SignedInListener} */
let listener = () => {};

/**
 * Makes the choices work.
 *
 * @param {SignedInListener} signedIn Called whenever somebody signed in, here or in {@link resumeSession}.
 */
export function prepareChoices(signedIn) {
  listener = signedIn;
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
  onCutOffWindowDone(() => void lookAgain());
  showPictures();
}

/** Whether sign-in works at this address; otherwise it says where. */
export function isAtItsOrigin() {
  const { origin, basePath } = pageData.address;
  if (location.origin === origin) return true;
  tell(say('signIn.onlyAt', { address: `${origin}${basePath}` }));
  return false;
}

/** What a freshly loaded page does: it looks for a session, and offers the choices where there is none. */
export async function resumeSession() {
  const query = new URLSearchParams(location.search);
  const choice = lastChoice(offered);
  if (query.has('error') || query.has('error_code')) {
    // Back from a redirect that failed. The address is cleaned, so that a reload does not repeat the refusal.
    history.replaceState(null, '', location.pathname);
    rememberChoice(undefined);
    showView('choices');
    const reference = query.get('error_reference') ?? undefined;
    showRefusal(new Refusal(query.get('error_code') ?? undefined, { reference }));
    return;
  }
  if (!choice) {
    tell('');
    showView('choices');
    return;
  }
  showView();
  tell(say('signIn.looking'));
  try {
    showSignedIn(await refresh(choice), choice);
  } catch (error) {
    rememberChoice(undefined);
    showView('choices');
    const { code } = asRefusal(error);
    if (code !== undefined && endOfSession.includes(code)) tell(say('signIn.sessionEnded'));
    else refuse(error);
  }
}

/** @param {string} [message] */
export function showChoices(message = '') {
  showView('choices');
  tell(message);
  find('choices-title', HTMLElement).focus();
}

/** @param {unknown} error */
export function refuse(error) {
  tell('');
  showRefusal(asRefusal(error));
}

/**
 * @param {HTMLButtonElement} button
 * @param {Choice} choice
 */
async function begin(button, choice) {
  underWay?.abort();
  const attempt = new AbortController();
  underWay = attempt;
  perhapsCutOff = undefined;
  const before = lastChoice(offered);
  hideRefusal();
  button.setAttribute('aria-busy', 'true');
  tell(say(choice.kind === 'proxy' ? 'signIn.signingIn' : 'signIn.waiting'));
  // A window that was cut off from this page ends on one that leads here again, in that window: it finds the new session.
  rememberChoice(choice);
  try {
    const response = await (choice.kind === 'proxy'
      ? refresh(choice)
      : signInWithPopup(choice, attempt.signal));
    rememberChoice(choice);
    showSignedIn(response, choice);
  } catch (error) {
    // Another choice was made meanwhile; that one reports.
    if (underWay !== attempt) return;
    if (error instanceof PopupClosed) {
      // Whoever closes a window knows it: nothing was refused, and there is nothing to be alarmed at.
      perhapsCutOff = choice;
      tell(error.sentence ?? '');
    } else {
      rememberChoice(before);
      refuse(error);
    }
  } finally {
    button.removeAttribute('aria-busy');
    if (underWay === attempt) underWay = undefined;
  }
}

/** After a window that seemed closed: it was not, and now it is done. */
async function lookAgain() {
  const choice = perhapsCutOff;
  if (!choice) return;
  perhapsCutOff = undefined;
  try {
    showSignedIn(await refresh(choice), choice);
  } catch {
    // What was said of it stands.
  }
}

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
function showSignedIn(response, choice) {
  hideRefusal();
  tell(say('signIn.signedIn'), { aloud: true });
  listener(response, choice);
}

/**
 * @param {unknown} error
 * @returns {Refusal}
 */
function asRefusal(error) {
  if (error instanceof Refusal) return error;
  return new Refusal(undefined, {
    sentence: say('signIn.unreachable'),
  });
}

/** Pictures before the titles: each takes the place of its drawing once it is there, or never. */
function showPictures() {
  for (const picture of document.querySelectorAll('.icon img')) {
    if (!(picture instanceof HTMLImageElement)) continue;
    const show = () => {
      picture.hidden = false;
      picture.parentElement?.querySelector('svg')?.remove();
    };
    if (picture.complete && picture.naturalWidth > 0) show();
    else picture.addEventListener('load', show, { once: true });
  }
}
