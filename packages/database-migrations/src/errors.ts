/** The error of this package. */
import { CodedError, type CodedErrorOptions } from '@vestibule/backend-plugin-api';

/** `ERR_DATABASE_MIGRATION_FAILED`: nothing of the migrations was kept. Seen at start-up. HTTP 500. @public */
export class DatabaseMigrationError extends CodedError {
  override readonly name = 'DatabaseMigrationError';

  constructor(message: string, options: CodedErrorOptions = {}) {
    super('ERR_DATABASE_MIGRATION_FAILED', message, options);
  }
}
