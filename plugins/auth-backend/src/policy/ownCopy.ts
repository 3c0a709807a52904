/** What a provider proved, for code of the operator's own: what that writes into it is for nobody else. */

/**
 * A copy of plain data, at any depth. What is neither a list nor a plain object stays what it is: a result of a session
 * is plain JSON, but a proxy-type provider may give anything.
 */
export function ownCopy<T>(value: T, copies = new Map<object, object>()): T {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known) return known as T;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    copies.set(value, list);
    for (const one of value) list.push(ownCopy<unknown>(one, copies));
    return list as T;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy = Object.create(prototype) as Record<string, unknown>;
  copies.set(value, copy);
  for (const [key, member] of Object.entries(value)) {
    // Defined, not assigned: a member may be called `__proto__`.
    Object.defineProperty(copy, key, {
      value: ownCopy<unknown>(member, copies),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy as T;
}
