/** The errors of this package's own; those that every catalog throws are in `@vestibule/plugin-catalog-node`. */
import { CodedError, type CodedErrorOptions } from '@vestibule/backend-plugin-api';

/** Why the file catalog cannot be used. @public */
export type FileCatalogErrorCode = 'ERR_FILE_CATALOG_UNREADABLE' | 'ERR_FILE_CATALOG_INVALID';

/**
 * The file catalog cannot be used. Seen at start-up only.
 *
 * - `ERR_FILE_CATALOG_UNREADABLE`: the file cannot be read.
 * - `ERR_FILE_CATALOG_INVALID`: it was read, and something in it is wrong; the message lists everything with its place.
 *
 * @public
 */
export class FileCatalogError extends CodedError {
  override readonly name = 'FileCatalogError';
  declare readonly code: FileCatalogErrorCode;

  constructor(code: FileCatalogErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, message, options);
  }
}
