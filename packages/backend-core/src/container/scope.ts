/**
 * The containers: tsyringe holds finished values and builds classes from them; nothing else of it is used.
 *
 * Its lifecycles are left alone because they mix scopes: a singleton of the parent keeps what the first child gave it,
 * and `@singleton()` registers in one container for the whole process. So every value is bound as a factory that
 * returns it (an instance that is `null` or `undefined` would not resolve), and every class is registered anew in the
 * scope that builds it, with arguments taken from the references it names.
 */
// Before tsyringe, which throws on import where it is not loaded.
import 'reflect-metadata';
import { container, type DependencyContainer } from 'tsyringe';
import type { DependencyRef, InjectableClass } from '@vestibule/backend-plugin-api';

/** A container: for the backend, for one plugin, or for one plugin's or module's init. */
export interface Scope {
  /** Binds a finished value. The first binding of a reference stays. */
  bind(ref: DependencyRef, value: unknown): void;
  /** The value bound for a reference, here or in an enclosing scope. */
  resolve(ref: DependencyRef): unknown;
  /** A new instance of a class, built from the values of its references. */
  build(target: InjectableClass, refs: readonly DependencyRef[]): unknown;
  createChild(): Scope;
}

/** The outermost scope of a backend. Two of them share nothing. */
export function createRootScope(): Scope {
  // References from other packages have no token; within one backend their id serves.
  const tokens = new Map<string, symbol>();
  return wrap(container.createChildContainer(), (ref) => {
    const { token } = ref as Partial<DependencyRef>;
    if (token) return token;
    const own = tokens.get(ref.id) ?? Symbol(ref.id);
    tokens.set(ref.id, own);
    return own;
  });
}

function wrap(inner: DependencyContainer, tokenOf: (ref: DependencyRef) => symbol): Scope {
  return {
    bind(ref, value) {
      const token = tokenOf(ref);
      if (!inner.isRegistered(token)) inner.register(token, { useFactory: () => value });
    },
    resolve: (ref) => inner.resolve(tokenOf(ref)),
    build(target, refs) {
      if (!inner.isRegistered(target)) {
        inner.register<unknown>(target, {
          useFactory: (scope) => new target(...refs.map((ref) => scope.resolve<never>(tokenOf(ref)))),
        });
      }
      return inner.resolve<unknown>(target);
    },
    createChild: () => wrap(inner.createChildContainer(), tokenOf),
  };
}
