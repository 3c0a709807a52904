/** Lays what the caller gave over the default services. */
import {
  createRootConfigFactory,
  databaseConfigSchema,
  defaultServiceFactories,
  discoveryConfigSchema,
  rootLoggerServiceFactory,
} from '@vestibule/backend-defaults';
import {
  coreServices,
  createBackendFeatureLoader,
  createServiceFactory,
  type Config,
  type FeatureLoader,
  type JsonObject,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { catalogClientServiceFactory, fileCatalogServiceFactory } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import type { AuthRouterEnvironment } from './environment.ts';
import { AuthRouterError } from './errors.ts';

/**
 * The services to use where no feature brings another; of two for one service the later counts. Each keeps the config
 * schema of the one that it replaces: the program's config may hold its keys, which are then the program's to honour.
 */
export function servicesOf(environment: AuthRouterEnvironment): ServiceFactory[] {
  const { logger, database, discovery, catalog } = environment;
  const services: ServiceFactory[] = [...defaultServiceFactories, configFactory(environment)];
  if (logger) {
    const { configSchema } = rootLoggerServiceFactory;
    services.push(
      createServiceFactory({
        service: coreServices.rootLogger,
        deps: {},
        ...(configSchema && { configSchema }),
        factory: () => logger,
      }),
    );
  }
  if (database) {
    services.push(
      createServiceFactory({
        service: coreServices.database,
        deps: {},
        configSchema: databaseConfigSchema,
        factory: () => database,
      }),
    );
  }
  if (discovery) {
    services.push(
      createServiceFactory({
        service: coreServices.discovery,
        deps: {},
        configSchema: discoveryConfigSchema,
        factory: () => discovery,
      }),
    );
  }
  services.push(
    createServiceFactory({
      service: catalogServiceRef,
      deps: {},
      factory: () => catalog ?? refuseMissingCatalog(),
    }),
  );
  return services;
}

/** Finds the catalog that the config names; gives way to one that a feature brings. */
export function catalogLoader({ discovery }: AuthRouterEnvironment): FeatureLoader {
  return createBackendFeatureLoader({
    deps: { config: coreServices.rootConfig },
    loader({ config }) {
      if (config.has('fileCatalog.path')) return [fileCatalogServiceFactory];
      return discovery || hasCatalogEndpoint(config) ? [catalogClientServiceFactory] : [];
    },
  });
}

function configFactory({ config, configFiles }: AuthRouterEnvironment): ServiceFactory {
  if (config && configFiles) {
    throw new AuthRouterError('ERR_AUTH_ROUTER_CONFIG_INVALID', 'config and configFiles were both given', {
      hint: 'Give one of them.',
    });
  }
  if (!config) return createRootConfigFactory(configFiles ? { files: configFiles } : {});
  if (!isReader(config)) return createRootConfigFactory({ data: config });
  return createServiceFactory({ service: coreServices.rootConfig, deps: {}, factory: () => config });
}

function isReader(config: Config | JsonObject): config is Config {
  return typeof config['getOptionalConfig' as never] === 'function';
}

/** Without one, discovery would lead back to this program, which has no catalog. */
function hasCatalogEndpoint(config: Config): boolean {
  const endpoints = config.getOptional<unknown>('discovery.endpoints');
  if (!Array.isArray(endpoints)) return false;
  const named: unknown[] = endpoints.flatMap((endpoint: { plugins?: unknown } | null) => endpoint?.plugins);
  return named.some((name) => name === 'catalog' || name === '*');
}

function refuseMissingCatalog(): never {
  throw new AuthRouterError('ERR_AUTH_ROUTER_CATALOG_MISSING', 'there is no catalog to find users in', {
    hint:
      'Give catalog or discovery to createAuthRouter, or set fileCatalog.path, or discovery.endpoints for the plugin ' +
      "'catalog'. Without users in a catalog, give createInMemoryCatalog([]) of @vestibule/plugin-catalog-client.",
  });
}
