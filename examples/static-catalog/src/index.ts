/**
 * Example: a catalog of your own. One factory for `catalogServiceRef` replaces the default; everything that injects the
 * catalog receives this one.
 *
 * @example
 * ```ts
 * backend.add(import('@vestibule/example-static-catalog'));
 * ```
 * @packageDocumentation
 */
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { people } from './people.ts';

/** The catalog of Acme, from a list in code. @public */
export default createServiceFactory({
  service: catalogServiceRef,
  deps: {},
  factory: () => createInMemoryCatalog(people),
});
