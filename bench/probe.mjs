// Loaded into a measured server by --import: answers over IPC what its process has used, and counts the SQL statements that
// reach its database drivers, whichever they are.
import Module from 'node:module';
import { PerformanceObserver } from 'node:perf_hooks';

let statements = 0;
let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });

const load = Module._load;
const seen = new WeakSet();
Module._load = function (...args) {
  const loaded = load.apply(this, args);
  if (/^pg$|better-sqlite3|@libsql|[\\/]pg[\\/]/.test(args[0])) watchDriver(loaded);
  return loaded;
};
watchDriver(process.getBuiltinModule?.('node:sqlite')?.DatabaseSync);

function watchDriver(driver) {
  if (typeof driver !== 'function' && typeof driver !== 'object') return;
  if (driver === null || seen.has(driver)) return;
  seen.add(driver);
  if (driver.Client?.prototype?.query) count(driver.Client.prototype, ['query']);
  if (driver.statementRun) count(driver, ['databaseExecSync', 'statementRun', 'statementRowsSync']);
  if (!driver.prototype?.prepare) return;
  count(driver.prototype, ['exec']);
  const { prepare } = driver.prototype;
  driver.prototype.prepare = function (...args) {
    const statement = prepare.apply(this, args);
    const prototype = Object.getPrototypeOf(statement);
    if (!seen.has(prototype)) count(prototype, ['run', 'get', 'all', 'iterate']);
    seen.add(prototype);
    return statement;
  };
}

/** Each call once, also where one of these methods calls another. */
function count(prototype, names) {
  let depth = 0;
  for (const name of names) {
    const method = prototype[name];
    if (!method) continue;
    prototype[name] = function (...args) {
      if (depth === 0) statements += 1;
      depth += 1;
      try {
        return method.apply(this, args);
      } finally {
        depth -= 1;
      }
    };
  }
}

process.on('message', ({ collect }) => {
  if (collect) globalThis.gc?.();
  // What a collection tells its observers comes a turn later.
  setTimeout(() => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    process.send({ cpu: user + system, rss, heapUsed, statements, collections });
  }, 5);
});
process.channel?.unref();
