// Who is signed in: profile, reference, and the answer as it came.
import { find } from './elements.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
export function showIdentity(response, choice) {
  const { profile = {}, backstageIdentity } = response;
  const userEntityRef = backstageIdentity?.identity.userEntityRef;
  const name = profile.displayName ?? userEntityRef?.split('/').at(-1) ?? profile.email ?? choice.title;

  text('identity-name', name);
  text('identity-email', profile.email ?? '');
  text('identity-ref', userEntityRef ?? '');
  text('identity-how', howSentence(response, choice));
  text('identity-initials', initialsOf(name));
  text('answer', JSON.stringify(response, undefined, 2));
  showPicture(profile.picture);
  find('owned', HTMLElement).hidden = !backstageIdentity;
  find('groups', HTMLElement).hidden = !backstageIdentity;
}

/** Removes what was shown, tokens first of all. */
export function clearIdentity() {
  for (const id of [
    'answer',
    'identity-name',
    'identity-email',
    'identity-ref',
    'identity-how',
    'identity-initials',
  ]) {
    text(id, '');
  }
  for (const id of ['owned-content', 'groups-content']) find(id, HTMLElement).replaceChildren();
  showPicture(undefined);
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

/** @param {string | undefined} url */
function showPicture(url) {
  const picture = find('identity-picture', HTMLImageElement);
  picture.hidden = true;
  picture.onload = () => (picture.hidden = false);
  const isHttp = url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (isHttp) picture.src = url;
  else picture.removeAttribute('src');
}

/** @param {string} name */
function initialsOf(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('');
}

/**
 * @param {string} id
 * @param {string} value
 */
function text(id, value) {
  find(id, HTMLElement).textContent = value;
}
