// The application that asks: its own words are shown as its own, and nothing that it says can look like this page.
import { build, find } from './elements.js';
import { destinationOf } from './destination.js';

/** @import { AuthorizationRequest } from './authorization.js' */
/** @import { Destination } from './destination.js' */

const longestName = 60;

/**
 * Shows everything about a request that does not depend on who decides it.
 *
 * @param {AuthorizationRequest} request
 */
export function showApplication({ clientId, clientName, scope, redirectUri }) {
  const name = tidyName(clientName);
  const destination = destinationOf(redirectUri);
  const warning = warningOf(destination);
  text('asker-name', name === '' ? 'An application without a name' : `“${name}”`);
  showOrigin(clientId);
  text('consent-duration', durationOf(scope ?? ''));
  text('destination', placeOf(destination));
  text('destination-warning', warning ?? '');
  find('destination-warning', HTMLElement).hidden = warning === undefined;
}

/**
 * A name on one line, short, and without characters that are not seen or that turn the order of others around.
 *
 * @param {unknown} name
 * @returns {string}
 */
function tidyName(name) {
  const tidy = String(name ?? '')
    .normalize()
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
    // So that no pile of marks reaches into other lines.
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .trim();
  const characters = [...tidy];
  return characters.length > longestName ? `${characters.slice(0, longestName - 1).join('')}…` : tidy;
}

/** The ids of clients that registered themselves; nothing keeps the operator from naming one so, and the page is careful. */
const givenOut = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What is known for certain: a metadata document was fetched from its host, and any id that is neither a URL nor given out
 * stands in the portal's config, name and all.
 *
 * @param {string} clientId
 */
function showOrigin(clientId) {
  const isOfDocument = URL.canParse(clientId);
  const isOfConfig = !isOfDocument && !givenOut.test(clientId);
  find('asker-own-word', HTMLElement).hidden = isOfConfig;
  find('asker-origin', HTMLElement).replaceChildren(
    ...(isOfDocument
      ? ['Its description comes from ', build('strong', {}, new URL(clientId).host), '.']
      : isOfConfig
        ? ['Whoever runs this portal has set it up as ', build('strong', {}, tidyName(clientId)), '.']
        : ['It registered itself here.']),
  );
}

/** @param {string} scope */
function durationOf(scope) {
  return scope.split(' ').includes('offline_access')
    ? 'go on while you are away, until this access is taken away or lapses'
    : 'do so for a limited time; then it has to ask you again';
}

/** @param {Destination} destination */
function placeOf({ kind, name }) {
  if (kind === 'program') return `a program on this computer (${name})`;
  if (kind === 'app') return `the app on this device that opens “${name}” links`;
  return name;
}

/** @param {Destination} destination */
function warningOf({ kind }) {
  if (kind === 'plain')
    return 'The way there is not encrypted: others on the network could take this access.';
  if (kind === 'app')
    return 'Any program on this device may open such links. Your browser names it: make sure that it is the one you expect.';
  return undefined;
}

/**
 * @param {string} id
 * @param {string} value
 */
function text(id, value) {
  find(id, HTMLElement).textContent = value;
}
