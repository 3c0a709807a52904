// The sign-in page. It has two views, the choices and the identity; a refusal stands above the choices.
import { fetchOwned, refresh, signOut } from './backend.js';
import { onForgottenElsewhere, rememberChoice } from './choice.js';
import { find } from './elements.js';
import { clearIdentity, showIdentity } from './identity.js';
import { showGroups, showOwned, showOwnedProblem } from './ownership.js';
import { pageData } from './pageData.js';
import { isAtItsOrigin, prepareChoices, refuse, resumeSession, showChoices } from './signIn.js';
import { say } from './status.js';
import { showView } from './views.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/** @type {{ choice: Choice, response: AuthResponse } | undefined} Who is signed in. */
let current;

prepareChoices(showSignedIn);
find('sign-out', HTMLButtonElement).addEventListener('click', () => void leave());
find('refresh', HTMLButtonElement).addEventListener('click', () => void renew());
find('copy', HTMLButtonElement).addEventListener('click', () => void copyAnswer());
onForgottenElsewhere(() => {
  if (current) forget('You signed out in another tab.');
});
if (isAtItsOrigin()) void resumeSession();

/** Asks the session for a new answer. */
async function renew() {
  if (!current) return;
  const { choice } = current;
  try {
    showSignedIn(await refresh(choice), choice);
    say('Refreshed: this is a new token.');
  } catch (error) {
    rememberChoice(undefined);
    forget();
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
    else forget('You are signed out.');
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
  showIdentity(response, choice);
  showView('identity');
  const name = find('identity-name', HTMLElement);
  document.title = `${name.textContent} – ${pageData.title}`;
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

/**
 * Nobody is signed in any more.
 *
 * @param {string} [message]
 */
function forget(message) {
  current = undefined;
  clearIdentity();
  document.title = `Sign in – ${pageData.title}`;
  showChoices(message);
}
