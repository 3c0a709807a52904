/** The errors that every CatalogService throws. */
import {
  CodedError,
  InputError,
  ServiceUnavailableError,
  type CodedErrorOptions,
} from '@vestibule/backend-plugin-api';

/** No answer could be obtained: network, deadline, 5xx, or not JSON. HTTP 503. @public */
export class CatalogUnavailableError extends ServiceUnavailableError {
  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_CATALOG_UNAVAILABLE', message, options);
  }
}

/** The catalog refused the call: a 4xx other than 404. HTTP 500, since the fault is the operator's. @public */
export class CatalogRefusedError extends CodedError {
  override readonly name = 'CatalogRefusedError';

  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_CATALOG_REFUSED', message, options);
  }
}

/** The answer is not what was asked for, and may not be used. HTTP 500. @public */
export class CatalogAnswerInvalidError extends CodedError {
  override readonly name = 'CatalogAnswerInvalidError';

  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_CATALOG_ANSWER_INVALID', message, options);
  }
}

/**
 * The catalog's query syntax has no escape, and something in the request would change its meaning. The catalog was not
 * asked. HTTP 400.
 *
 * @public
 */
export class CatalogQueryUnsafeError extends InputError {
  constructor(reason: string, options: CodedErrorOptions = {}) {
    super('ERR_CATALOG_QUERY_UNSAFE', 'The software catalog cannot be asked for this.', {
      ...options,
      hint: options.hint ?? reason,
    });
  }
}
