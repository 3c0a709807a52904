/** How sign-in says no: one error class over the closed list of codes. For the plugin `auth` and its modules. */
import { CodedError, knowEveryCopy, type CodedErrorOptions } from '@vestibule/backend-plugin-api';
import { isSignInCode, signInCodes, type SignInCodeName } from './signInCodes.ts';

/**
 * A refusal with a code of {@link signInCodes}. The code gives the name on the wire and the HTTP status; `message` is the
 * sentence for the person, `hint` and `cause` are for the operator and reach no client.
 *
 * @example
 * ```ts
 * throw new RefusalError('ERR_AUTH_UNAVAILABLE', { cause, hint: 'The session store did not answer.' });
 * ```
 * @public
 */
export class RefusalError extends CodedError {
  static {
    knowEveryCopy(this, 'RefusalError');
  }

  declare readonly code: SignInCodeName;
  readonly statusCode: number;
  /** Seconds after which a retry makes sense, sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Of the sign-in record that tells why; sent with the error. */
  readonly reference?: string;

  constructor(
    code: SignInCodeName,
    options: CodedErrorOptions & {
      /** A more exact sentence for the person than the list's; it quotes no value that could be a secret. */
      sentence?: string;
      retryAfterSeconds?: number;
      reference?: string;
    } = {},
  ) {
    const { name, status, sentence } = signInCodes[code];
    super(code, options.sentence ?? sentence, options);
    this.name = name;
    this.statusCode = status;
    if (options.reference !== undefined) this.reference = options.reference;
    if (status === 503) this.retryAfterSeconds = options.retryAfterSeconds ?? 5;
  }
}

/** The code of any error, where it is one of {@link signInCodes}. @public */
export function signInCodeOf(error: unknown): SignInCodeName | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return isSignInCode(code) ? code : undefined;
}
