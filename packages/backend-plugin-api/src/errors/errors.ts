/**
 * The errors of this package. `name` is what Backstage's clients know and decides the HTTP status; `code` is ours.
 * `message` is for the person who caused the error; `hint` is for the operator, and neither it nor `cause` may reach a
 * client.
 */
import { knowEveryCopy } from '../knowEveryCopy.ts';

/** A stable identifier that programs may rely on. @public */
export type ErrorCode = `ERR_${string}`;

/** Options of the error classes. @public */
export interface CodedErrorOptions {
  /** What the operator can do. Never sent to a client. */
  hint?: string;
  /** What caused the error. Never sent to a client. */
  cause?: unknown;
}

/** An error with a stable code. @public */
export class CodedError extends Error {
  static {
    knowEveryCopy(this, 'CodedError');
  }

  readonly code: ErrorCode;
  // Not enumerable: a host's error handler may copy an error's own fields to the client.
  declare readonly hint?: string;

  constructor(code: ErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    if (options.hint !== undefined) Object.defineProperty(this, 'hint', { value: options.hint });
  }
}

/** The request itself is wrong. HTTP 400. @public */
export class InputError extends CodedError {
  static {
    knowEveryCopy(this, 'InputError');
  }

  override readonly name = 'InputError';
}

/** It is not known who is calling. HTTP 401. @public */
export class AuthenticationError extends CodedError {
  static {
    knowEveryCopy(this, 'AuthenticationError');
  }

  override readonly name = 'AuthenticationError';
}

/** The caller is known, or does not matter, and may not do this. HTTP 403. @public */
export class NotAllowedError extends CodedError {
  static {
    knowEveryCopy(this, 'NotAllowedError');
  }

  override readonly name = 'NotAllowedError';
}

/** There is no such thing. HTTP 404. @public */
export class NotFoundError extends CodedError {
  static {
    knowEveryCopy(this, 'NotFoundError');
  }

  override readonly name = 'NotFoundError';
}

/** It collides with what is already there. HTTP 409. @public */
export class ConflictError extends CodedError {
  static {
    knowEveryCopy(this, 'ConflictError');
  }

  override readonly name = 'ConflictError';
}

/** This is not offered here. HTTP 501. @public */
export class NotImplementedError extends CodedError {
  static {
    knowEveryCopy(this, 'NotImplementedError');
  }

  override readonly name = 'NotImplementedError';
}

/** It cannot be done right now; trying again may help. HTTP 503. @public */
export class ServiceUnavailableError extends CodedError {
  static {
    knowEveryCopy(this, 'ServiceUnavailableError');
  }

  override readonly name = 'ServiceUnavailableError';
  /** Seconds after which a retry makes sense, sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;

  constructor(
    code: ErrorCode,
    message: string,
    options: CodedErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    super(code, message, options);
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A plugin, module or class is put together wrongly. Seen at start-up only. @public */
export class FeatureError extends CodedError {
  static {
    knowEveryCopy(this, 'FeatureError');
  }

  override readonly name = 'FeatureError';
  /** Whose register() it was, where that is known. */
  readonly owner?: { readonly pluginId: string; readonly moduleId?: string };

  constructor(
    code: ErrorCode,
    message: string,
    options: CodedErrorOptions & { owner?: { pluginId: string; moduleId?: string } } = {},
  ) {
    super(code, message, options);
    if (options.owner) this.owner = options.owner;
  }
}

const statusByName: Record<string, number> = {
  NotModifiedError: 304,
  InputError: 400,
  AuthenticationError: 401,
  NotAllowedError: 403,
  NotFoundError: 404,
  ConflictError: 409,
  NotImplementedError: 501,
  ServiceUnavailableError: 503,
};

/**
 * The HTTP status for an error: a numeric `statusCode` or `status` of its own between 400 and 599, else by its name
 * (Backstage's errors are recognised too), else 500.
 *
 * @public
 */
export function statusOfError(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const { statusCode, status, name } = error as { statusCode?: unknown; status?: unknown; name?: unknown };
  for (const own of [statusCode, status]) {
    if (typeof own === 'number' && Number.isInteger(own) && own >= 400 && own <= 599) return own;
  }
  return (typeof name === 'string' && Object.hasOwn(statusByName, name) && statusByName[name]) || 500;
}
