/** The service `auth.configSchema`: the schemas of modules that read keys under `auth`, as a list. */
import { createServiceRef, type OwnedConfigSchema } from '@vestibule/backend-plugin-api';

/**
 * The schemas of modules of the auth plugin that read keys of the root `auth`: each of the whole config, with its owner for
 * messages. Our host checks the schema that a module gives to `createBackendModule`. Backstage's checks nothing, and there the
 * plugin does, with its own and these at once: a key that is known to none is found, and one that is a module's is not taken for
 * nobody's.
 *
 * @example
 * ```ts
 * const acmeConfigSchemaFactory = createServiceFactory({
 *   service: authConfigSchemaServiceRef,
 *   deps: {},
 *   factory: () => ({ schema: acmeConfigSchema, owner: "module 'acme' of plugin 'auth'" }),
 * });
 * export default createBackendFeatureLoader({ loader: () => [authModuleAcme, acmeConfigSchemaFactory] });
 * ```
 * @public
 */
export const authConfigSchemaServiceRef = createServiceRef<OwnedConfigSchema>({
  id: 'auth.configSchema',
  scope: 'plugin',
  multiton: true,
});
