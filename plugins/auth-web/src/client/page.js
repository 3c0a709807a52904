// The sign-in page. It has two views, the choices and the identity; a refusal stands above the choices.
import { fetchOwned, refresh, signOut } from './backend.js';
import { onForgottenElsewhere, rememberChoice } from './choice.js';
import { find, findIfThere } from './elements.js';
import { clearIdentity, showIdentity } from './identity.js';
import { showGroups, showOwned, showOwnedProblem } from './ownership.js';
import { pageData } from './pageData.js';
import { isAtItsOrigin, prepareChoices, refuse, resumeSession, showChoices } from './signIn.js';
import { tell } from './status.js';
import { say } from './texts.js';
import { showView } from './views.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/** @type {{ choice: Choice, response: AuthResponse } | undefined} Who is signed in. */
let current;

prepareChoices(showSignedIn);
find('sign-out', HTMLButtonElement).addEventListener('click', () => void leave());
find('refresh', HTMLButtonElement).addEventListener('click', () => void renew());
findIfThere('copy', HTMLButtonElement)?.addEventListener('click', () => void copyAnswer());
onForgottenElsewhere(() => {
  if (current) forget(say('person.signedOutElsewhere'));
});
if (isAtItsOrigin()) void resumeSession();

/** Asks the session for a new answer. */
async function renew() {
  if (!current) return;
  const { choice } = current;
  try {
    showSignedIn(await refresh(choice), choice);
    tell(say(findIfThere('answer', HTMLElement) ? 'person.refreshedToken' : 'person.refreshed'));
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
    else forget(say('person.signedOut'));
  } catch {
    tell(say('person.signOutFailed'));
  }
}

async function copyAnswer() {
  try {
    await navigator.clipboard.writeText(find('answer', HTMLElement).textContent ?? '');
    tell(say('person.copied'));
  } catch {
    getSelection()?.selectAllChildren(find('answer', HTMLElement));
    tell(say('person.notCopied'));
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
  showOwnedProblem(say('person.asking'));
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
      showOwnedProblem(say('person.ownedUnavailable'));
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
  document.title = `${say('signIn.tab')} – ${pageData.title}`;
  showChoices(message);
}
