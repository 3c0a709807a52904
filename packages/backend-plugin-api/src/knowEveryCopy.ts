/**
 * Lets `instanceof` hold across copies of a package. A process may have several: in Backstage each dynamic plugin brings its
 * own, and package managers may put one beside each dependent.
 */

/**
 * Has `value instanceof target` be true of instances of every copy of the class. Of a class that extends it, `instanceof` stays
 * what it is, unless that one is made known too.
 *
 * @example
 * ```ts
 * export class AcmeError extends CodedError {
 *   static {
 *     knowEveryCopy(this, 'acme.AcmeError');
 *   }
 * }
 * ```
 * @param id - Of this class alone, and the same in each copy: what an instance of another copy has, this copy reads.
 * @public
 */
export function knowEveryCopy(target: abstract new (...args: never[]) => object, id: string): void {
  const mark = Symbol.for(`vestibule.class:${id}`);
  Object.defineProperty(target.prototype, mark, { value: true });
  Object.defineProperty(target, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== target) return Function.prototype[Symbol.hasInstance].call(this as typeof target, value);
      return typeof value === 'object' && value !== null && mark in value;
    },
  });
}
