// Who is signed in, how, and the answer as it came.
import { find } from './elements.js';
import { clearPerson, showPerson } from './person.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
export function showIdentity(response, choice) {
  showPerson(response, choice);
  find('identity-how', HTMLElement).textContent = howSentence(response, choice);
  find('answer', HTMLElement).textContent = JSON.stringify(response, undefined, 2);
  find('owned', HTMLElement).hidden = !response.backstageIdentity;
  find('groups', HTMLElement).hidden = !response.backstageIdentity;
}

/** Removes what was shown, tokens first of all. */
export function clearIdentity() {
  for (const id of ['answer', 'identity-how', 'owned-content', 'groups-content']) {
    find(id, HTMLElement).replaceChildren();
  }
  clearPerson();
}

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
function howSentence({ backstageIdentity }, { title, kind, user }) {
  const how = kind === 'proxy' ? `Continued as ${title}` : `Signed in with ${title}`;
  if (user !== undefined && backstageIdentity?.identity.userEntityRef !== user)
    return `${how}. This portal's sign-in resolver does not follow whom you picked (${user}).`;
  if (!backstageIdentity)
    return `${how}. This gives access to ${title} only; it does not say who you are here.`;
  const { expiresInSeconds } = backstageIdentity;
  if (typeof expiresInSeconds !== 'number') return `${how}.`;
  const until = new Date(Date.now() + expiresInSeconds * 1000);
  return `${how}. The token is valid until ${until.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}.`;
}
