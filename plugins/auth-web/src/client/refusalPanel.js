// The place where a refusal is told: the sentence of its code and, in development, how it came about.
import { fetchDecision } from './backend.js';
import { decisionTree } from './decisionTree.js';
import { find } from './elements.js';
import { pageData } from './pageData.js';
import { say } from './texts.js';

/** @import { Refusal } from './refusal.js' */

/** @type {Refusal | undefined} */
let shown;

/** @param {Refusal} refusal */
export function showRefusal(refusal) {
  const { code, sentence, reference } = refusal;
  const known =
    code !== undefined && Object.hasOwn(pageData.refusals, code) ? pageData.refusals[code] : undefined;
  shown = refusal;
  find('refusal-sentence', HTMLElement).textContent = sentence ?? known?.sentence ?? say('refusal.general');
  find('refusal-codes', HTMLElement).textContent = [
    code && say('refusal.code', { code }),
    reference && say('refusal.reference', { reference }),
  ]
    .filter(Boolean)
    .join(' · ');
  find('refusal-operator', HTMLElement).hidden = !known?.operator;
  find('refusal-operator-text', HTMLElement).textContent = known?.operator ?? '';
  showDecision(undefined);
  find('refusal', HTMLElement).hidden = false;
  find('refusal-title', HTMLElement).focus();
  if (pageData.isDevelopment && reference !== undefined) void explain(refusal, reference);
}

export function hideRefusal() {
  shown = undefined;
  showDecision(undefined);
  find('refusal', HTMLElement).hidden = true;
}

/**
 * @param {Refusal} refusal
 * @param {string} reference
 */
async function explain(refusal, reference) {
  const text = await fetchDecision(reference);
  // By now another refusal, or none, may stand there.
  if (shown === refusal) showDecision(text);
}

/** @param {string | undefined} text */
function showDecision(text) {
  const toDo = find('refusal-operator-text', HTMLElement).textContent ?? '';
  find('refusal-decision', HTMLDetailsElement).hidden = text === undefined;
  find('refusal-decision-text', HTMLElement).replaceChildren(
    ...(text === undefined ? [] : decisionTree(text, toDo === '' ? undefined : toDo)),
  );
}
