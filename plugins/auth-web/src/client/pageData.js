// What the server wrote into the page for the script.
import { find } from './elements.js';

/**
 * @typedef {object} PageData
 * @property {string} title The portal's name.
 * @property {{ origin: string, basePath: string, authPath: string }} address Where sign-in works: the path before those of the
 *   pages, and the path of the auth plugin.
 * @property {boolean} isDevelopment Whether refusals can be explained by their references.
 * @property {string} [requestId] Which authorization request the consent page is about.
 * @property {Record<string, { sentence: string, operator?: string }>} refusals What to say for each code.
 * @property {Record<string, Record<string, string | Record<string, string>>>} texts Section -> key -> text, or its plural forms.
 */

/** @type {PageData} */
export const pageData = JSON.parse(find('page-data', HTMLScriptElement).textContent ?? '');
