/** Extension points: what a plugin offers to its modules. */
import type { ExtensionPoint } from './references.ts';
import { rememberToken } from './tokens.ts';

/**
 * Creates a reference to an extension point.
 *
 * @example
 * ```ts
 * export const greetersExtensionPoint = createExtensionPoint<GreetersExtensionPoint>({ id: 'hello.greeters' });
 * ```
 * @public
 */
export function createExtensionPoint<T>(options: { id: string }): ExtensionPoint<T> {
  const { id } = options;
  const ref: ExtensionPoint<T> = {
    $$type: '@backstage/ExtensionPoint',
    id,
    token: Symbol(id),
    get T(): T {
      throw new Error(`the type of ${String(this)} was read as a value`);
    },
    toString: () => `extensionPoint{${id}}`,
  };
  rememberToken(ref);
  return ref;
}
