/** What the router is made from. */
import type { Addable } from '@vestibule/backend-core';
import type {
  Config,
  DatabaseService,
  DiscoveryService,
  JsonObject,
  LoggerService,
} from '@vestibule/backend-plugin-api';
import type { AuthOwnershipResolver } from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import type { AuthRouterProviderFactories } from './providers/providerFactories.ts';

/**
 * What a program already has, ready to be spread: `createAuthRouter({ ...env, providerFactories })`. What is absent is
 * made from the config.
 *
 * @public
 */
export interface AuthRouterEnvironment {
  /** The whole config, as values or as a reader of them. Default: {@link AuthRouterEnvironment.configFiles}. */
  config?: Config | JsonObject;
  /** In the order of reading, later over earlier. Default: the `app-config` files of the working directory. */
  configFiles?: readonly string[];
  /** Written to as it is: what it must not write is its own affair. Default: the standard output, with secrets removed. */
  logger?: LoggerService;
  /** Holds sessions, keys and decisions, in tables that begin with `vestibule_`. Default: `backend.database` in config. */
  database?: DatabaseService;
  /** Where the router and the catalog are reached. Default: `backend.baseUrl` and `discovery` in config. */
  discovery?: DiscoveryService;
  /** Default: the file that `fileCatalog.path` in config names, else a Backstage catalog found by discovery. */
  catalog?: CatalogService;
  /**
   * Anything else that a backend takes: modules of the auth plugin, such as those that add resolvers, and service
   * factories, which win over the members above.
   */
  features?: readonly (Addable | Promise<Addable>)[];
}

/** Options of `createAuthRouter`. @public */
export interface AuthRouterOptions extends AuthRouterEnvironment {
  /**
   * The types of providers that `auth.providers` in config can have, by id. What is given replaces the default, which is
   * `defaultAuthProviderFactories`; spread that to keep the others.
   */
  providerFactories?: AuthRouterProviderFactories;
  /** What users own. Default: themselves and their groups, as `auth.ownership` in config says. */
  ownershipResolver?: AuthOwnershipResolver;
}
