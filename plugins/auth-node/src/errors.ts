/** What a provider may throw. What had been verified when it was thrown stands with each. */
import {
  AuthenticationError,
  NotAllowedError,
  ServiceUnavailableError,
  type CodedErrorOptions,
} from '@vestibule/backend-plugin-api';

/**
 * No answer could be obtained: network, deadline, 5xx, not JSON, no key set. Nothing is known about the login; a session
 * survives it. HTTP 503.
 *
 * @public
 */
export class ProviderUnavailableError extends ServiceUnavailableError {
  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_PROVIDER_UNAVAILABLE', message, options);
  }
}

/**
 * The provider answered with an OAuth error (RFC 6749 sections 4.1.2.1 and 5.2), for example `access_denied` or
 * `invalid_grant`. The answer itself was well-formed. HTTP 403.
 *
 * @public
 */
export class ProviderRefusedError extends NotAllowedError {
  /** The vendor's error code, letters, digits and underscores only. */
  readonly providerError: string;

  constructor(providerError: string, options: CodedErrorOptions = {}) {
    super('ERR_PROVIDER_REFUSED', 'The sign-in provider refused the login.', options);
    this.providerError = /^[a-zA-Z0-9_]{1,64}$/.test(providerError) ? providerError : 'unknown_error';
  }
}

/**
 * An answer failed a check: a signature, `iss`, `aud`, `nonce`, `sub`, an expiry. A session ends by it. HTTP 401.
 *
 * @public
 */
export class ProviderAnswerInvalidError extends AuthenticationError {
  constructor(check: string, options: CodedErrorOptions = {}) {
    super('ERR_PROVIDER_ANSWER_INVALID', "The sign-in provider's answer could not be verified.", {
      ...options,
      hint: options.hint ?? `Failed check: ${check}.`,
    });
  }
}
