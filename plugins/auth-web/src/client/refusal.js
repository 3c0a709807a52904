// Why somebody was not signed in: a code and a reference. Words from the address or from a message are never kept.

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
