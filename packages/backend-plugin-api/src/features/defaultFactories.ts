/**
 * Default factories across copies of a package. A backend finds a service by its id and tells default factories apart by
 * identity, ours and Backstage's alike. A reference of another copy would bring another factory, and so one service would have
 * an instance for each copy that somebody depends on: of two, only one would be told to begin, or have the keys in memory.
 */

/** Of this process: the first default factory of each id, and the copy of this package that made its reference. */
const registry = Symbol.for('vestibule.defaultFactories');
type First = { readonly copy: object; readonly factory: unknown };
type Process = { [registry]?: Map<string, First> };

/** This copy. */
const here = {};

/**
 * The default factory for a reference: that of the copy which made a reference of this id first. Within one copy, each
 * reference keeps its own.
 */
export function defaultFactoryOfEveryCopy<T>(id: string, own: T): T {
  const firsts = ((globalThis as Process)[registry] ??= new Map<string, First>());
  const first = firsts.get(id);
  if (!first) firsts.set(id, { copy: here, factory: own });
  return !first || first.copy === here ? own : (first.factory as T);
}
