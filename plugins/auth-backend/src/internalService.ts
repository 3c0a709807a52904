/** Services that sign-in is made of, and that nobody outside replaces. */
import {
  createServiceFactory,
  createServiceRef,
  type ServiceDeps,
  type ServiceRef,
  type ValuesOf,
} from '@vestibule/backend-plugin-api';

/** A reference whose default factory is the one and only. */
export function internalService<T, TDeps extends ServiceDeps>(options: {
  id: string;
  deps: TDeps;
  factory(deps: ValuesOf<TDeps>): T | Promise<T>;
}): ServiceRef<T> {
  const { id, deps, factory } = options;
  return createServiceRef<T>({
    id,
    defaultFactory: async (service) => createServiceFactory({ service, deps, factory }),
  });
}
