/**
 * The one answer to every error: JSON in Backstage's shape, with our `code` beside the name.
 *
 * Hints, causes and stacks are for operators. In development the stack is sent too. An error of the server's own making
 * is replaced outside development by a reference to the log.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { CodedError, statusOfError, type LoggerService } from '@vestibule/backend-plugin-api';
import type { MountedRequest } from './handlers.ts';
import { pathToLog } from './requestLog.ts';

/** What the answer depends on. */
export interface ErrorAnswerOptions {
  isDevelopment: boolean;
  /** Receives errors with status 500 and above. */
  logger: LoggerService;
}

/** Names whose 5xx messages are meant for the caller. */
const publicNames = new Set(['NotImplementedError', 'ServiceUnavailableError']);

/** What an interrupted handler may have said of a body that is not sent. */
const bodyHeaders = [
  'Content-Encoding',
  'Content-Disposition',
  'Content-Language',
  'Transfer-Encoding',
  'ETag',
  'Last-Modified',
];

/** Answers a request with an error. Where the answer has begun already, the connection is cut instead. */
export function answerWithError(
  thrown: unknown,
  request: MountedRequest,
  response: ServerResponse,
  { isDevelopment, logger }: ErrorAnswerOptions,
): void {
  const status = statusOfError(thrown);
  const error = describe(thrown);
  const mask = status >= 500 && !isDevelopment && !publicNames.has(error.name) && error.expose !== true;
  const logId = mask ? randomBytes(10).toString('hex') : undefined;
  if (status >= 500) {
    const log = logId === undefined ? logger : logger.child({ logId });
    const line = `${request.method} ${pathToLog(request)} failed: ${error.message}`;
    // What is not offered is nobody's fault, and any visitor can ask for it: one line, no stack.
    if (status === 501) log.warn(line);
    else log.error(line, thrown instanceof Error ? thrown : {});
  }
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }

  const body = {
    error: {
      name: mask ? 'Error' : error.name,
      message: mask ? `An internal error occurred logId=${logId}` : error.message,
      ...(error.code !== undefined && { code: error.code }),
      ...(error.reference !== undefined && { reference: error.reference }),
      ...(status < 500 && error.type !== undefined && { type: error.type }),
      ...(isDevelopment && error.stack !== undefined && { stack: error.stack }),
    },
    request: { method: request.method, url: request.url },
    response: { statusCode: status },
  };
  const text = JSON.stringify(body, undefined, isDevelopment ? 2 : undefined);
  for (const header of bodyHeaders) response.removeHeader(header);
  if (error.retryAfterSeconds !== undefined)
    response.setHeader('Retry-After', String(error.retryAfterSeconds));
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', String(Buffer.byteLength(text)));
  response.end(text);
}

interface ErrorDescription {
  name: string;
  message: string;
  code?: string;
  /** Of a record that tells operators more. */
  reference?: string;
  /** What kind of bad input, in the vocabulary of Express's body parsers. */
  type?: string;
  stack?: string;
  expose?: boolean;
  retryAfterSeconds?: number;
}

/** Reads an error of any origin: ours, Backstage's, http-errors', or something that is no error at all. */
function describe(thrown: unknown): ErrorDescription {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Error', message: String(thrown) };
  const { name, message, code, reference, type, stack, expose, retryAfterSeconds } = thrown as Record<
    string,
    unknown
  >;
  return {
    name: typeof name === 'string' && name !== '' ? name : 'Error',
    message: typeof message === 'string' ? message : 'unknown error',
    // Node's own codes begin with ERR_ too, and tell of our insides.
    ...(typeof code === 'string' && isOwnCode(thrown, code) && { code }),
    ...(thrown instanceof CodedError && typeof reference === 'string' && { reference }),
    ...(typeof type === 'string' && { type }),
    ...(typeof stack === 'string' && { stack }),
    ...(expose === true && { expose }),
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
  };
}

/** Errors of another copy of the contracts are told by their shape: a name of their own and a code of ours. */
function isOwnCode(thrown: object, code: string): boolean {
  if (thrown instanceof CodedError) return true;
  return /^ERR_[A-Z0-9_]+$/.test(code) && Object.hasOwn(thrown, 'name') && Object.hasOwn(thrown, 'code');
}
