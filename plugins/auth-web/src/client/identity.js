// Who is signed in, how, and the answer as it came.
import { find, findIfThere } from './elements.js';
import { clearPerson, showPerson } from './person.js';
import { say, timeOf } from './texts.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
export function showIdentity(response, choice) {
  showPerson(response, choice);
  find('identity-how', HTMLElement).textContent = howSentence(response, choice);
  // Where the page shows no tokens, they get into no element.
  const answer = findIfThere('answer', HTMLElement);
  if (answer) answer.textContent = JSON.stringify(response, undefined, 2);
  find('owned', HTMLElement).hidden = !response.backstageIdentity;
  find('groups', HTMLElement).hidden = !response.backstageIdentity;
}

/** Removes what was shown, tokens first of all. */
export function clearIdentity() {
  for (const id of ['answer', 'identity-how', 'owned-content', 'groups-content']) {
    findIfThere(id, HTMLElement)?.replaceChildren();
  }
  clearPerson();
}

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
function howSentence({ backstageIdentity }, { title, kind, user }) {
  const how = say(kind === 'proxy' ? 'person.continuedAs' : 'person.signedInWith', { provider: title });
  if (user !== undefined && backstageIdentity?.identity.userEntityRef !== user)
    return `${how} ${say('person.notFollowed', { user })}`;
  if (!backstageIdentity) return `${how} ${say('person.accessOnly', { provider: title })}`;
  const { expiresInSeconds } = backstageIdentity;
  // Of tokens speaks only the page that shows them.
  if (typeof expiresInSeconds !== 'number' || !findIfThere('answer', HTMLElement)) return how;
  const time = timeOf(new Date(Date.now() + expiresInSeconds * 1000));
  return `${how} ${say('person.tokenUntil', { time })}`;
}
