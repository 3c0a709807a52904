// The texts of the page, in its language, as the server chose them.
import { pageData } from './pageData.js';

const { lang, dir } = document.documentElement;
const plurals = new Intl.PluralRules(lang);
const listed = new Intl.ListFormat(lang, { type: 'conjunction' });

/** @typedef {Record<string, string | number>} Values */

/**
 * A text with its values; `count` chooses the plural form, too.
 *
 * @param {string} key For example `person.signedOut`.
 * @param {Values} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  return pattern(key, values).replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    // So that a name of the other direction turns nothing around (UAX 9 section 2.7).
    return dir === 'rtl' ? `\u2068${value}\u2069` : String(value);
  });
}

/**
 * The same, with elements in the places of values.
 *
 * @param {string} key
 * @param {Record<string, Node>} nodes
 * @returns {(Node | string)[]}
 */
export function sayWith(key, nodes) {
  return pattern(key, {})
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 === 0 ? part : (nodes[part] ?? '')))
    .filter((part) => part !== '');
}

/**
 * @param {string[]} names
 * @returns {string} For example `A, B, and C`.
 */
export function listOf(names) {
  return listed.format(names);
}

/**
 * @param {Date} date
 * @returns {string} Hours and minutes, as in the region of whoever reads, where they speak the language of the page.
 */
export function timeOf(date) {
  const own = navigator.languages.filter((tag) => tag.split('-')[0] === lang.split('-')[0]);
  return date.toLocaleTimeString([...own, lang], { hour: '2-digit', minute: '2-digit' });
}

/**
 * @param {string} key
 * @param {Values} values
 * @returns {string}
 */
function pattern(key, { count }) {
  const [section = '', name = ''] = key.split('.');
  const message = pageData.texts[section]?.[name];
  if (message === undefined) throw new Error(`the page has no text ${key}`);
  if (typeof message === 'string') return message;
  return message[plurals.select(Number(count ?? 0))] ?? message.other ?? '';
}
