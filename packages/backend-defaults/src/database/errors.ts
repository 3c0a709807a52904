/** The errors of `core.database`, for operators: at start-up, and in tools beside a backend. */
import { CodedError, ServiceUnavailableError, type CodedErrorOptions } from '@vestibule/backend-plugin-api';

/** No connection could be made. The message names host and database, never user or password. HTTP 503. @public */
export class DatabaseUnavailableError extends ServiceUnavailableError {
  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_DATABASE_UNAVAILABLE', message, options);
  }
}

/** `backend.database` is missing where it is needed, or contradicts itself. @public */
export class DatabaseConfigError extends CodedError {
  override readonly name = 'DatabaseConfigError';

  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_DATABASE_CONFIG_INVALID', message, options);
  }
}

/** A tool looked for data that is kept in memory, where only the process that runs the backend has it. @public */
export class DatabaseInMemoryError extends CodedError {
  override readonly name = 'DatabaseInMemoryError';

  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_DATABASE_IN_MEMORY', message, options);
  }
}
