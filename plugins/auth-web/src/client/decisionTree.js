// A decision as nested lists: they wrap in a narrow window, and those who listen hear steps instead of drawn lines.
import { build } from './elements.js';

/**
 * @typedef {object} Step
 * @property {string} text
 * @property {Step[]} steps What belongs below it.
 */

/**
 * Builds the tree that the backend drew.
 *
 * @param {string} text Lines: a heading, then `├─` and `└─` before each step, and its further lines without either.
 * @param {string | undefined} toDo What the page says in a place of its own, and the tree need not repeat.
 * @returns {(string | HTMLElement)[]}
 */
export function decisionTree(text, toDo) {
  const { text: heading, steps } = readTree(text);
  return [heading, listOf(steps.filter((step) => toDo === undefined || step.text !== `what to do: ${toDo}`))];
}

/**
 * @param {string} text
 * @returns {Step}
 */
function readTree(text) {
  /** @type {Step} */
  const root = { text: '', steps: [] };
  /** From the root to the step that was read last. */
  let path = [root];
  for (const line of text.split('\n')) {
    const [, bars, words] = /^((?:│ {2}| {3})*)[├└]─ (.*)$/.exec(line) ?? [];
    const depth = bars === undefined ? undefined : bars.length / 3 + 1;
    if (words !== undefined && depth !== undefined && depth <= path.length) {
      const step = { text: words, steps: [] };
      path[depth - 1]?.steps.push(step);
      path = [...path.slice(0, depth), step];
    } else {
      const last = path.at(-1) ?? root;
      last.text = [last.text, line.replace(/^[│ ]+/, '')].filter(Boolean).join(' ');
    }
  }
  return root;
}

/**
 * @param {Step[]} steps
 * @returns {HTMLElement | ''}
 */
function listOf(steps) {
  if (steps.length === 0) return '';
  return build('ul', {}, ...steps.map(({ text, steps: below }) => build('li', {}, text, listOf(below))));
}
