/** SQLite for Nodes whose own cannot serve, on the binary of libsql. See docs/decisions/13-embedded-sqlite-through-libsql.md */
export {
  loadSqlite,
  type Database,
  type DatabaseClass,
  type Row,
  type RunResult,
  type Statement,
} from './loadSqlite.ts';
