// Refusals: the sentence of a code, in a place of its own. Words from the address or from a message are never shown.
import { find } from './elements.js';
import { pageData } from './pageData.js';

const generalSentence = 'The sign-in did not work. Please try again, or ask whoever runs this portal.';

/** Why somebody was not signed in. */
export class Refusal extends Error {
  /**
   * @param {string | undefined} code `ERR_…`; anything else counts as unknown.
   * @param {{ sentence?: string, reference?: string }} [more] `sentence`: of this page, instead of the code's.
   */
  constructor(code, { sentence, reference } = {}) {
    super(code ?? 'refused');
    this.code = typeof code === 'string' && /^ERR_[A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
    this.sentence = sentence;
    this.reference =
      typeof reference === 'string' && /^[\w.-]{1,64}$/.test(reference) ? reference : undefined;
  }
}

/**
 * Reads `{ code, reference }` off what a popup or an answer carries.
 *
 * @param {unknown} error
 * @returns {Refusal}
 */
export function refusalFrom(error) {
  const { code, reference } = /** @type {{ code?: string, reference?: string }} */ (error ?? {});
  return new Refusal(code, { reference });
}

/** @param {Refusal} refusal */
export function showRefusal({ code, sentence, reference }) {
  const known =
    code !== undefined && Object.hasOwn(pageData.refusals, code) ? pageData.refusals[code] : undefined;
  find('refusal-sentence', HTMLElement).textContent = sentence ?? known?.sentence ?? generalSentence;
  find('refusal-codes', HTMLElement).textContent = [
    code && `Code: ${code}`,
    reference && `Reference: ${reference}`,
  ]
    .filter(Boolean)
    .join(' · ');
  find('refusal-operator', HTMLElement).hidden = !known?.operator;
  find('refusal-operator-text', HTMLElement).textContent = known?.operator ?? '';
  find('refusal', HTMLElement).hidden = false;
  find('refusal-title', HTMLElement).focus();
}

export function hideRefusal() {
  find('refusal', HTMLElement).hidden = true;
}
