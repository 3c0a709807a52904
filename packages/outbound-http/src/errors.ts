/** The error of this package. Nothing is known about the other side's answer when it is thrown. */
import { CodedError, type CodedErrorOptions } from '@vestibule/backend-plugin-api';

/**
 * Why a call gave no usable answer.
 *
 * - `ERR_OUTBOUND_NETWORK`: no connection, a broken one, or bytes that are not HTTP.
 * - `ERR_OUTBOUND_TIMEOUT`: the deadline passed, or the caller's signal ended the call.
 * - `ERR_OUTBOUND_TOO_LARGE`: headers or body exceed the limit, as sent or after decompression.
 * - `ERR_OUTBOUND_ADDRESS_NOT_PUBLIC`: only public addresses may be called, and the host has another one. Nothing was sent.
 * - `ERR_OUTBOUND_NOT_JSON`: an answer arrived in full and is not JSON.
 *
 * @public
 */
export type OutboundErrorCode =
  | 'ERR_OUTBOUND_NETWORK'
  | 'ERR_OUTBOUND_TIMEOUT'
  | 'ERR_OUTBOUND_TOO_LARGE'
  | 'ERR_OUTBOUND_ADDRESS_NOT_PUBLIC'
  | 'ERR_OUTBOUND_NOT_JSON';

/**
 * A call that gave no usable answer. The message names origin and path, for operators; query, headers and bodies can
 * hold secrets and stand in no message. HTTP 500 if it ever reaches a client: callers turn it into an error of theirs.
 *
 * @public
 */
export class OutboundError extends CodedError {
  override readonly name = 'OutboundError';
  declare readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, message, options);
  }
}
