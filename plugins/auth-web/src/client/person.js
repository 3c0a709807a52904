// The person who is signed in: name, address, reference and picture.
import { find } from './elements.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/**
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
export function showPerson(response, choice) {
  const { profile = {}, backstageIdentity } = response;
  const userEntityRef = backstageIdentity?.identity.userEntityRef;
  const name = profile.displayName ?? userEntityRef?.split('/').at(-1) ?? profile.email ?? choice.title;
  text('identity-name', name);
  text('identity-email', profile.email ?? '');
  text('identity-ref', userEntityRef ?? '');
  text('identity-initials', initialsOf(name));
  showPicture(profile.picture);
}

export function clearPerson() {
  for (const id of ['identity-name', 'identity-email', 'identity-ref', 'identity-initials']) text(id, '');
  showPicture(undefined);
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
