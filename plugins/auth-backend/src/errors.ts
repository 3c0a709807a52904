/** Errors of this plugin alone: a refusal of the client at a refresh, and the codes of start-up. */
import { CodedError, type CodedErrorOptions, type ErrorCode } from '@vestibule/backend-plugin-api';
import { RefusalError } from '@vestibule/plugin-auth-node';

/**
 * At a refresh the provider refused the client, its scopes or the request, not the person: an operator has to mend it, and
 * no session ends by it.
 */
export class ClientRefusedError extends RefusalError {}

/** The codes of the setup: of {@link AuthSetupError} and of the extension points, each with what it means. */
export const setupErrorCodes = {
  ERR_PROVIDER_REGISTERED_TWICE: 'Two modules registered different providers under one id.',
  ERR_PROVIDER_DECORATION_INVALID:
    'A module decorates a provider that is not there or is a Backstage module, or makes of it what is no provider of its kind.',
  ERR_PROFILE_TRANSFORM_NAME_TAKEN: 'Two profile transforms of one provider have one name.',
  ERR_RESOLVER_NAME_TAKEN: 'Two sign-in resolvers of one provider have one name.',
  ERR_OWNERSHIP_RESOLVER_SET_TWICE: 'Two modules set the ownership resolver.',
  ERR_AUTH_SERVER_METADATA_SET_TWICE: 'Two modules say what the authorization server does.',
  ERR_NO_PROVIDER_LEFT: 'Every configured provider has a fault, or no module provides its type.',
  ERR_SESSION_SECRET_WEAK:
    'auth.session.secret is too short, a placeholder or easily guessed, in production.',
  ERR_SESSION_NOT_OPENED:
    'A session, or a key that signs, is in the database and does not open: it was sealed under a secret that `auth.session.secret` no longer lists. Only in the log.',
} as const satisfies Record<ErrorCode, string>;

/** What is wrong with how the plugin is set up. Seen at start-up only. */
export class AuthSetupError extends CodedError {
  override readonly name = 'AuthSetupError';

  constructor(code: keyof typeof setupErrorCodes, message: string, options: CodedErrorOptions = {}) {
    super(code, message, options);
  }
}

/** The keys of a database cannot be managed. Seen by whoever asks for them. */
export class SigningKeysError extends CodedError {
  override readonly name = 'SigningKeysError';

  constructor(
    code: 'ERR_SIGNING_KEYS_MISSING' | 'ERR_SIGNING_KEYS_NOT_OPENED',
    message: string,
    options: CodedErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** The OpenAPI document cannot be made. Seen by whoever asks for it. */
export class AuthApiError extends CodedError {
  override readonly name = 'AuthApiError';

  constructor(code: 'ERR_AUTH_API_UNDESCRIBED', message: string) {
    super(code, message, { hint: 'Let what `describe()` answers with have the operation.' });
  }
}

/** @throws `ERR_AUTH_UNAVAILABLE` where the act fails, as it does while the database is away. */
export async function orUnavailable<T>(
  act: () => Promise<T>,
  hint = 'The database did not answer.',
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error, hint });
  }
}
