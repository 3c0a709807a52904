/** What a provider may throw. What had been verified when it was thrown stands with each. */
import {
  AuthenticationError,
  CodedError,
  knowEveryCopy,
  NotAllowedError,
  ServiceUnavailableError,
  type CodedErrorOptions,
} from '@vestibule/backend-plugin-api';

/** What a provider's error can say to the operator besides its hint. None of it ever reaches a client. @public */
export interface ProviderErrorOptions extends CodedErrorOptions {
  /** The provider's own explanation, as `explanationIn` reads it: printable, at most 300 characters. */
  providerMessage?: string;
  /**
   * Identifiers by what they are, for example `{ expected: 'client-1', given: 'client-2' }`. They are shown whole, so no
   * token, code or secret may be among them.
   */
  details?: Readonly<Record<string, string>>;
}

/**
 * No answer could be obtained: network, deadline, 5xx, 429. Nothing is known about the login; a session survives it.
 * HTTP 503.
 *
 * @public
 */
export class ProviderUnavailableError extends ServiceUnavailableError {
  static {
    knowEveryCopy(this, 'ProviderUnavailableError');
  }

  declare readonly providerMessage?: string;
  declare readonly details?: Readonly<Record<string, string>>;

  constructor(message: string, options: ProviderErrorOptions = {}) {
    super('ERR_PROVIDER_UNAVAILABLE', message, options);
    keepForOperator(this, options);
  }
}

/**
 * The provider answered with an OAuth error (RFC 6749 sections 4.1.2.1 and 5.2), for example `access_denied` or
 * `invalid_grant`. The answer itself was well-formed. HTTP 403.
 *
 * @public
 */
export class ProviderRefusedError extends NotAllowedError {
  static {
    knowEveryCopy(this, 'ProviderRefusedError');
  }

  /** The vendor's error code, letters, digits and underscores only. */
  readonly providerError: string;
  declare readonly providerMessage?: string;
  declare readonly details?: Readonly<Record<string, string>>;

  constructor(providerError: string, options: ProviderErrorOptions = {}) {
    super('ERR_PROVIDER_REFUSED', 'The sign-in provider refused the login.', options);
    this.providerError = /^[a-zA-Z0-9_]{1,64}$/.test(providerError) ? providerError : 'unknown_error';
    keepForOperator(this, options);
  }
}

/**
 * An answer failed a check: a signature, `iss`, `aud`, `nonce`, `sub`, an expiry. A session ends by it. HTTP 401.
 *
 * @public
 */
export class ProviderAnswerInvalidError extends AuthenticationError {
  static {
    knowEveryCopy(this, 'ProviderAnswerInvalidError');
  }

  /** Whether only the form is wrong, such as a required member that is missing: nothing is said about the person. */
  declare readonly isMalformed: boolean;
  declare readonly providerMessage?: string;
  declare readonly details?: Readonly<Record<string, string>>;

  constructor(check: string, options: ProviderErrorOptions & { isMalformed?: boolean } = {}) {
    super('ERR_PROVIDER_ANSWER_INVALID', "The sign-in provider's answer could not be verified.", {
      ...options,
      hint: options.hint ?? `Failed check: ${check}.`,
    });
    Object.defineProperty(this, 'isMalformed', { value: options.isMalformed === true });
    keepForOperator(this, options);
  }
}

/**
 * An answer arrived, and it is not what the specification says: a page, a text, a redirect, an encrypted document.
 * Somebody has to mend that, in the config or at the provider. Nothing is known about the login; a session survives it.
 * HTTP 500.
 *
 * @public
 */
export class ProviderAnswerUnreadableError extends CodedError {
  static {
    knowEveryCopy(this, 'ProviderAnswerUnreadableError');
  }

  // As Backstage's clients know it: a fault that is none of theirs.
  override readonly name = 'Error';
  declare readonly providerMessage?: string;
  declare readonly details?: Readonly<Record<string, string>>;

  constructor(options: ProviderErrorOptions & { hint: string }) {
    super(
      'ERR_PROVIDER_ANSWER_UNREADABLE',
      'The sign-in provider gave an answer that this portal cannot read.',
      options,
    );
    keepForOperator(this, options);
  }
}

/** Whether a provider threw it to say how a call ended. @public */
export function isProviderError(
  error: unknown,
): error is
  | ProviderUnavailableError
  | ProviderRefusedError
  | ProviderAnswerInvalidError
  | ProviderAnswerUnreadableError {
  return (
    error instanceof ProviderUnavailableError ||
    error instanceof ProviderRefusedError ||
    error instanceof ProviderAnswerInvalidError ||
    error instanceof ProviderAnswerUnreadableError
  );
}

/**
 * What an error means at a refresh: an answer that is malformed in form says nothing about the session, which goes on
 * as in an outage. Only a check that failed ends it.
 *
 * @public
 */
export function refreshErrorOf(error: unknown): unknown {
  if (!(error instanceof ProviderAnswerInvalidError) || !error.isMalformed) return error;
  const { hint = '', details, providerMessage } = error;
  return new ProviderAnswerUnreadableError({
    hint,
    cause: error,
    ...(details && { details }),
    ...(providerMessage !== undefined && { providerMessage }),
  });
}

/** Not enumerable, as the hint: a host's error handler may copy an error's own fields to the client. */
function keepForOperator(error: Error, { providerMessage, details }: ProviderErrorOptions): void {
  if (providerMessage !== undefined) {
    Object.defineProperty(error, 'providerMessage', { value: providerMessage });
  }
  if (details !== undefined) Object.defineProperty(error, 'details', { value: details });
}
