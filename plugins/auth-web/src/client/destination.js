// Where an application wants its answer: what to call the place, and which addresses this page opens at all.

/**
 * `program`: loopback (RFC 8252 section 7.3). `app`: a scheme of its own (section 7.1). `plain`: over the network, not
 * encrypted. `never`: no place, but a script, a file or a view of the browser's own.
 *
 * @typedef {object} Destination
 * @property {'site' | 'plain' | 'program' | 'app' | 'never'} kind
 * @property {string} name Host and port, internationalised names in ASCII; of an app the scheme with its colon.
 */

const neverOpened =
  /^(?:about|blob|chrome|chrome-extension|data|edge|feed|file|filesystem|intent|jar|javascript|moz-extension|ms-browser-extension|resource|vbscript|view-source|wss?):$/;
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * @param {string} redirectUri
 * @returns {Destination}
 */
export function destinationOf(redirectUri) {
  if (!URL.canParse(redirectUri)) return { kind: 'never', name: redirectUri };
  const { protocol, hostname, host } = new URL(redirectUri);
  if (neverOpened.test(protocol)) return { kind: 'never', name: protocol };
  if (protocol !== 'http:' && protocol !== 'https:') return { kind: 'app', name: protocol };
  if (loopback.test(hostname)) return { kind: 'program', name: host };
  return { kind: protocol === 'https:' ? 'site' : 'plain', name: host };
}

/**
 * Whether an address is the redirect URI with an answer in its query, and nothing else.
 *
 * @param {string} url
 * @param {string} redirectUri
 * @returns {boolean}
 */
export function isAnswerTo(url, redirectUri) {
  if (!URL.canParse(url) || destinationOf(redirectUri).kind === 'never') return false;
  return placeOf(url) === placeOf(redirectUri);
}

/** @param {string} url */
function placeOf(url) {
  const { protocol, username, password, host, pathname } = new URL(url);
  return JSON.stringify([protocol, username, password, host, pathname]);
}
