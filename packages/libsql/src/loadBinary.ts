/** The binary that is for this platform: a package of libsql's. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A database, a statement, or rows under way, as the binary hands them out. */
declare const handle: unique symbol;
export interface Handle<Kind extends string> {
  readonly [handle]: Kind;
}

/**
 * What is used of it. libsql's own package, the only other caller, calls it so; the manifest pins the version exactly. Its
 * errors have a `code`, for example `SQLITE_BUSY`.
 */
export interface Binary {
  databaseOpen(
    path: string,
    authToken: string,
    cipher: string,
    encryptionKey: string,
    timeoutSeconds: number,
    remoteEncryptionKey: string,
  ): Handle<'database'>;
  databaseExecSync(this: Handle<'database'>, sql: string): void;
  databasePrepareSync(this: Handle<'database'>, sql: string): Handle<'statement'>;
  databaseClose(this: Handle<'database'>): void;
  statementIsReader(this: Handle<'statement'>): boolean;
  statementRun(
    this: Handle<'statement'>,
    values: readonly unknown[],
  ): { changes: number; lastInsertRowid: number };
  statementRowsSync(this: Handle<'statement'>, values: readonly unknown[]): Handle<'rows'>;
  /** Fills the array from its beginning. Behind the last row it leaves it as it is. */
  rowsNext(this: Handle<'rows'>, into: unknown[]): void;
}

/** @throws Error with the code `MODULE_NOT_FOUND` where it is not installed. */
export function loadBinary(): Binary {
  const { platform, arch } = process;
  const suffix = platform === 'linux' ? suffixOfLinux() : platform === 'win32' ? '-msvc' : '';
  const require = createRequire(import.meta.url);
  const requireBinary = suffix === '-musl' ? requireOf(`@vestibule/libsql-musl-${arch}`, require) : require;
  return requireBinary(`@libsql/${platform}-${arch}${suffix}`) as Binary;
}

/** Of the package that requires the binary: it need not be found from here. In the standalone command there is none. */
function requireOf(name: string, require: NodeJS.Require): NodeJS.Require {
  try {
    return createRequire(require.resolve(`${name}/package.json`));
  } catch {
    return require;
  }
}

function suffixOfLinux(): string {
  if (process.arch === 'arm') return isMusl() ? '-musleabihf' : '-gnueabihf';
  return isMusl() ? '-musl' : '-gnu';
}

/** By what this process has loaded. A report of Node's tells it too, for a tenth of a start. */
function isMusl(): boolean {
  try {
    return readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-');
  } catch {
    return false;
  }
}
