/** The errors of the HTTP services, with what each code means. */
import { CodedError, type CodedErrorOptions, type ErrorCode } from '@vestibule/backend-plugin-api';

/** Every code of the HTTP, health and discovery services. @public */
export const httpErrorCodes = {
  ERR_HTTP_LISTEN: 'The address of backend.listen cannot be bound, for example because the port is in use.',
  ERR_HTTP_PATH_CONFLICT: 'Two handlers are mounted on paths of which one is a prefix of the other.',
  ERR_HTTP_WEBSOCKET_PATH_INVALID:
    'The path of a WebSocket handler is no absolute path in its normal form, or has a query.',
  ERR_HTTP_TLS_INVALID: 'backend.https names a certificate and key that cannot be used.',
  ERR_HTTP_REQUEST_MALFORMED: 'The request target or the Host header is not well-formed.',
  ERR_HTTP_URL_TOO_LONG: 'The request target is longer than 8 KB.',
  ERR_HTTP_HEADERS_TOO_MANY: 'The request has more headers than backend.server.maxHeadersCount.',
  ERR_HTTP_ROUTE_NOT_FOUND: 'The plugin, or the host, has no route for the path.',
  ERR_HTTP_TOO_MANY_REQUESTS:
    'The caller asked more often than backend.rateLimit allows. People see this code; programs get a body without one.',
  ERR_HTTP_STARTING: 'The plugin has not started yet; trying again soon will help.',
  ERR_HTTP_START_FAILED: 'The plugin could not start and its boot-failure policy let the others go on.',
  ERR_HTTP_STOPPING: 'The backend is shutting down.',
  ERR_HTTP_POLICY_PATH_INVALID: 'The path of an auth policy does not begin with a slash.',
  ERR_HTTP_NOTHING_THROWN: 'A handler threw or rejected with nothing.',
  ERR_HTTP_EXPRESS_MISSING:
    'A handler asks for something of Express, and no Express was found among the modules of the process.',
  ERR_HTTP_ADDRESS_INVALID: 'backend.trustProxy or an ipAllowList holds something that is no address.',
  ERR_CONFIG_BASE_URL_MISSING: 'backend.baseUrl is not set in production.',
  ERR_CONFIG_BASE_URL_INSECURE:
    'backend.baseUrl or app.baseUrl is plain http in production, and not loopback.',
  ERR_DISCOVERY_LOOKUP_FAILED: 'The SRV record that a target of discovery.endpoints names was not found.',
} as const satisfies Record<ErrorCode, string>;

/** @public */
export type HttpErrorCode = keyof typeof httpErrorCodes;

/** The listener cannot do its work as configured. Seen at start-up only. @public */
export class HttpListenError extends CodedError {
  override readonly name = 'HttpListenError';

  constructor(
    code: 'ERR_HTTP_LISTEN' | 'ERR_HTTP_TLS_INVALID',
    message: string,
    options?: CodedErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** The request target is too long (HTTP 414), or there are too many headers (431). @public */
export class RequestTooLargeError extends CodedError {
  override readonly name = 'RequestTooLargeError';

  constructor(
    code: 'ERR_HTTP_URL_TOO_LONG' | 'ERR_HTTP_HEADERS_TOO_MANY',
    readonly statusCode: 414 | 431,
    message: string,
  ) {
    super(code, message);
  }
}
