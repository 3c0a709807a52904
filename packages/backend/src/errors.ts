/** What this package refuses. Seen at start-up only. */
import { CodedError, type CodedErrorOptions } from '@vestibule/backend-plugin-api';

/**
 * `ERR_DEV_IDP_IN_PRODUCTION`: the development identity provider is enabled in production; nothing of it was loaded.
 * `ERR_DEV_IDP_MISSING`: it is enabled, but its package is not installed.
 *
 * @public
 */
export type DefaultBackendErrorCode = 'ERR_DEV_IDP_IN_PRODUCTION' | 'ERR_DEV_IDP_MISSING';

/** The config asks for what this backend cannot do. @public */
export class DefaultBackendError extends CodedError {
  override readonly name = 'DefaultBackendError';

  constructor(code: DefaultBackendErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, message, options);
  }
}
