// Calls to the backend that served the page.
import { pageData } from './pageData.js';
import { refusalFrom } from './refusal.js';

/** @import { Choice } from './choice.js' */

const { basePath, authPath } = pageData.address;

/**
 * @typedef {object} AuthResponse
 * @property {{ email?: string, displayName?: string, picture?: string }} [profile]
 * @property {{ scope?: string, expiresInSeconds?: number }} [providerInfo]
 * @property {{ token: string, expiresInSeconds?: number, identity: { userEntityRef: string, ownershipEntityRefs: string[] } }} [backstageIdentity]
 */

/** @typedef {{ entityRef: string, title: string }} Owner */
/** @typedef {Owner & { kind: string, type?: string, description?: string, ownedThrough: string[] }} OwnedEntity */
/** @typedef {{ userEntityRef: string, groups: Owner[], entities: OwnedEntity[], truncated: boolean }} Owned */
/** @typedef {{ entityRef: string, title: string, email?: string, groups: number }} PickableUser */
/** @typedef {{ users: PickableUser[], truncated: boolean }} PickableUsers */

// A header that no other site can send without being asked for: it tells the backend that this page is calling.
export const headers = { 'X-Requested-With': 'XMLHttpRequest' };

/**
 * The address where a sign-in begins.
 *
 * @param {Choice} choice
 * @returns {string}
 */
export function popupUrl({ providerId, environment }) {
  const query = new URLSearchParams({ origin: location.origin, flow: 'popup', env: environment });
  return `${authUrl(providerId)}/start?${query}`;
}

/**
 * Asks for an identity without showing anything: from the session's cookie or, for a proxy provider, from the request.
 *
 * @param {Choice} choice
 * @returns {Promise<AuthResponse>}
 * @throws {Refusal}
 */
export async function refresh({ providerId, environment, kind, user }) {
  const proxyQuery = user === undefined ? '' : `?${new URLSearchParams({ user })}`;
  const query = kind === 'proxy' ? proxyQuery : `?optional&${new URLSearchParams({ env: environment })}`;
  const answer = await callJson(`${authUrl(providerId)}/refresh${query}`, { headers });
  return /** @type {AuthResponse} */ (answer);
}

/**
 * Ends the session.
 *
 * @param {Choice} choice
 * @returns {Promise<string | undefined>} Where the provider wants to be told, too.
 * @throws {Refusal}
 */
export async function signOut({ providerId, environment, kind }) {
  // Proxy providers keep no session here.
  if (kind === 'proxy') return undefined;
  const query = new URLSearchParams({ env: environment });
  const answer = await callJson(`${authUrl(providerId)}/logout?${query}`, { method: 'POST', headers });
  const { logoutUrl } = /** @type {{ logoutUrl?: string }} */ (answer ?? {});
  if (typeof logoutUrl !== 'string' || !URL.canParse(logoutUrl)) return undefined;
  const { protocol, hostname } = new URL(logoutUrl);
  return protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost') ? logoutUrl : undefined;
}

/**
 * What the bearer of a token owns.
 *
 * @param {string} token
 * @returns {Promise<Owned>}
 * @throws {Refusal}
 */
export async function fetchOwned(token) {
  const answer = await callJson(`${basePath}/auth-web/owned`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return /** @type {Owned} */ (answer);
}

/**
 * The users of the catalog whom a guest may pick.
 *
 * @param {string} text What their reference, name or e-mail address must hold.
 * @param {AbortSignal} signal
 * @returns {Promise<PickableUsers>}
 * @throws {Refusal}
 */
export async function fetchPickableUsers(text, signal) {
  const answer = await callJson(`${basePath}/auth-web/guests?${new URLSearchParams({ q: text })}`, {
    headers,
    signal,
  });
  return /** @type {PickableUsers} */ (answer);
}

/**
 * How a refusal came about, as a tree for people to read.
 *
 * @param {string} reference
 * @returns {Promise<string | undefined>} `undefined` where the backend does not tell.
 */
export async function fetchDecision(reference) {
  try {
    const url = `${authPath}/v1/decisions/${encodeURIComponent(reference)}`;
    const answer = /** @type {{ text?: unknown } | undefined} */ (await callJson(url, { headers }));
    return typeof answer?.text === 'string' ? answer.text : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} providerId */
function authUrl(providerId) {
  return `${authPath}/${encodeURIComponent(providerId)}`;
}

/**
 * @param {string} url
 * @param {RequestInit} init
 * @returns {Promise<unknown>} The JSON of the answer; `undefined` where it has none.
 * @throws {Refusal}
 */
export async function callJson(url, init) {
  const response = await fetch(url, { ...init, credentials: 'same-origin', redirect: 'error' });
  const isJson = response.headers.get('content-type')?.includes('application/json');
  const body = isJson ? await response.json() : undefined;
  if (!response.ok || body?.error) throw refusalFrom(body?.error, response.status);
  return body;
}
