/**
 * Statements whose SQL knex makes once. To build a query and to make SQL of it takes longer than the driver takes for it, and of
 * what sign-in asks all day only the values differ from one time to the next.
 */
import type { Knex } from 'knex';

type Value = string | number | null;

/** What knex builds. */
type Query<Result> = PromiseLike<Result> & { toSQL(): Knex.Sql };

/**
 * Calling it does what calling and awaiting `build` does, with the same SQL.
 *
 * @param build - Called once for each client, with placeholders for the values. Each is handed to knex as it is and by itself,
 *   a row of them as `{ ...row }`: to calculate with one throws, as does to leave one out. A condition on one that is null
 *   stays `= ?`, which nothing meets, where knex would ask for `is null`.
 *
 * @example
 * ```ts
 * const findUser = statement((knex, { sub }: { sub: string }) => knex(tables.userInfo).where({ user_entity_ref: sub }).first());
 * const row = await findUser(await database.client(), { sub });
 * ```
 */
export function statement<Values extends Readonly<Record<keyof Values, Value>>, Result>(
  build: (knex: Knex, values: Values) => Query<Result>,
): (knex: Knex, values: Values) => Promise<Result> {
  const made = new WeakMap<Knex, (values: Values) => Knex.QueryBuilder>();
  return async (knex, values) => {
    let query = made.get(knex);
    if (!query) made.set(knex, (query = prepare(knex, build(knex, placeholdersFor(values)), values)));
    return (await query(values)) as Result;
  };
}

/** What knex's `toSQL()` gives beyond its types. */
interface Sql extends Knex.Sql {
  __knexQueryUid: string;
  timeout: number | false;
  cancelOnTimeout: boolean;
}

/** Where a builder keeps what it was told. */
interface Builder extends Knex.QueryBuilder {
  _single: { table: string };
  _timeout?: number;
  _cancelOnTimeout?: boolean;
}

/**
 * Gives for values a query that knows its SQL. It is a builder of knex's, and run by knex as any other: so deadlines, events,
 * the pool, and what a host has patched into knex for its traces, find what they know.
 */
function prepare<Values extends object>(knex: Knex, query: Query<unknown>, first: Values) {
  const { bindings, __knexQueryUid: id, timeout: _none, cancelOnTimeout: _no, ...sql } = query.toSQL() as Sql;
  const bound: readonly unknown[] = bindings;
  const used = new Set(bound.map((one) => (one instanceof Placeholder ? one.name : undefined)));
  const unused = Object.keys(first).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TypeError(`The statement has no place for ${unused.join(', ')}`);

  const { table } = (query as Builder)._single;
  let runs = 0;
  return (values: Values): Knex.QueryBuilder => {
    const bindings = bound.map((one) => (one instanceof Placeholder ? one.of(values) : one));
    // By it, whoever listens to knex tells one run from another.
    const __knexQueryUid = `${id}-${(runs += 1)}`;
    const prepared = knex(table);
    prepared.toSQL = () => {
      // Asked for after knex's event 'start', at which `limitQueries` sets the deadline.
      const { _timeout: timeout = false, _cancelOnTimeout: cancelOnTimeout = false } = prepared as Builder;
      return { bindings, __knexQueryUid, timeout, cancelOnTimeout, ...sql } as unknown as Sql;
    };
    return prepared;
  };
}

/** Stands for a value in what knex makes. */
class Placeholder {
  constructor(readonly name: string) {}

  of(values: object): Value {
    const value = (values as Readonly<Record<string, Value | undefined>>)[this.name];
    if (value === undefined) throw missing(this.name);
    return value;
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError(`The statement is made before ${this.name} has a value`);
  }
}

function placeholdersFor<Values extends object>(values: Values): Values {
  const placeholders = Object.fromEntries(Object.keys(values).map((name) => [name, new Placeholder(name)]));
  return new Proxy(placeholders, {
    get(target, name) {
      const placeholder = target[String(name)];
      if (!placeholder) throw missing(String(name));
      return placeholder;
    },
  }) as unknown as Values;
}

function missing(name: string): TypeError {
  return new TypeError(`The statement is run without ${name}`);
}
