// The application that asks: its own words are shown as its own, and nothing that it says can look like this page.
import { build, find } from './elements.js';
import { destinationOf } from './destination.js';
import { say, sayWith } from './texts.js';

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
  text('asker-name', name === '' ? say('consent.nameless') : say('consent.name', { name }));
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
      ? sayWith('consent.fromDocument', { host: strong(new URL(clientId).host) })
      : isOfConfig
        ? sayWith('consent.fromConfig', { client: strong(tidyName(clientId)) })
        : [say('consent.registeredItself')]),
  );
}

/** @param {string} scope */
function durationOf(scope) {
  return scope.split(' ').includes('offline_access') ? say('consent.whileAway') : say('consent.forNow');
}

/** @param {string} value */
function strong(value) {
  return build('strong', { dir: 'auto' }, value);
}

/** @param {Destination} destination */
function placeOf({ kind, name }) {
  if (kind === 'program') return say('consent.program', { address: name });
  if (kind === 'app') return say('consent.app', { scheme: name });
  return name;
}

/** @param {Destination} destination */
function warningOf({ kind }) {
  if (kind === 'plain') return say('consent.plainWarning');
  if (kind === 'app') return say('consent.appWarning');
  return undefined;
}

/**
 * @param {string} id
 * @param {string} value
 */
function text(id, value) {
  find(id, HTMLElement).textContent = value;
}
