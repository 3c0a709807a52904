// Why somebody was not signed in: a code and a reference. Words from the address or from a message are never kept.

/** Why somebody was not signed in. */
export class Refusal extends Error {
  /**
   * @param {string | undefined} code `ERR_…`; anything else counts as unknown.
   * @param {{ sentence?: string, reference?: string, status?: number, oauthError?: string }} [more] `sentence`: of this
   *   page, instead of the code's. `status`: of the answer. `oauthError`: what the OAuth server calls it.
   */
  constructor(code, { sentence, reference, status, oauthError } = {}) {
    super(code ?? 'refused');
    this.code = typeof code === 'string' && /^ERR_[A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
    this.sentence = sentence;
    this.status = status;
    this.oauthError = oauthError;
    this.reference =
      typeof reference === 'string' && /^[\w.-]{1,64}$/.test(reference) ? reference : undefined;
  }
}

/**
 * Reads `{ code, reference }` off what a popup or an answer carries; from the OAuth server, it is the name of an error.
 *
 * @param {unknown} error
 * @param {number} [status] Of the answer.
 * @returns {Refusal}
 */
export function refusalFrom(error, status) {
  const { code, reference } = /** @type {{ code?: string, reference?: string }} */ (error ?? {});
  return new Refusal(code, { reference, status, oauthError: typeof error === 'string' ? error : undefined });
}
