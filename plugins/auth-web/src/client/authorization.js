// The authorization request that the consent page is about: asking for it, and deciding it.
import { callJson, headers } from './backend.js';
import { pageData } from './pageData.js';

/**
 * @typedef {object} AuthorizationRequest
 * @property {string} id
 * @property {string} clientId A UUID that was given out, the URL of the client's metadata document, or an id of the config.
 * @property {string} clientName As the client calls itself, or the config calls it.
 * @property {string} [scope] Separated by blanks.
 * @property {string} redirectUri Where the answer goes.
 */

/**
 * @param {string} id
 * @returns {Promise<AuthorizationRequest>}
 * @throws {Refusal}
 */
export async function fetchRequest(id) {
  return /** @type {AuthorizationRequest} */ (await callJson(requestUrl(id), { headers }));
}

/**
 * Allows or refuses it, in the name of the bearer of the token.
 *
 * @param {string} id
 * @param {'approve' | 'reject'} decision
 * @param {string} token
 * @returns {Promise<string>} Where the browser is to go now.
 * @throws {Refusal}
 */
export async function decideRequest(id, decision, token) {
  const answer = await callJson(`${requestUrl(id)}/${decision}`, {
    method: 'POST',
    headers: { ...headers, Authorization: `Bearer ${token}` },
  });
  return /** @type {{ redirectUrl: string }} */ (answer).redirectUrl;
}

/** @param {string} id */
function requestUrl(id) {
  return `${pageData.address.authPath}/v1/sessions/${encodeURIComponent(id)}`;
}
