/** Extension points: what a plugin offers to its modules. */
import { rememberToken } from './tokens.ts';

/** Names an extension point of type `T`. Made by {@link createExtensionPoint}. @public */
export interface ExtensionPoint<T> {
  readonly $$type: '@backstage/ExtensionPoint';
  /** The plugin's id, a dot, and the name: `auth.providers`. */
  readonly id: string;
  /** The token under which the container binds the implementation, in a module's own scope only. */
  readonly token: symbol;
  /** Carries the type only; reading it throws. */
  readonly T: T;
  toString(): string;
}

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
