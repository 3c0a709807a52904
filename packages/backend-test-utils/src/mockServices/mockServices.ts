/**
 * Services for unit tests, under the names of Backstage's test utilities where they have one. Each is called for an
 * instance, and has `factory(…)`, which makes a feature of it for `startTestBackend`.
 *
 * A test of a whole backend needs few of them: its services are the real ones. Those that stand in for something outside
 * the process (the catalog, the clock) are worth replacing.
 */
import { createConfig } from '@vestibule/backend-defaults';
import {
  clockServiceRef,
  coreServices,
  createServiceFactory,
  type DiscoveryService,
  type JsonObject,
  type LocatedConfig,
  type ServiceFactory,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { createMockAuth, createMockHttpAuth, createMockUserInfo } from './mockAuth.ts';
import { createMockCatalog, type MockCatalog } from './mockCatalog.ts';
import { createMockClock, type MockClock } from './mockClock.ts';
import { createMockLogger, type MockLogger } from './mockLogger.ts';

/** Makes an instance; `factory` makes a feature that provides it. @public */
export interface MockService<TParameters extends readonly unknown[], T> {
  (...parameters: TParameters): T;
  /** One instance for all plugins. To steer it, make it yourself and hand it to `mockServices.factoryOf`. */
  factory(...parameters: TParameters): ServiceFactory;
}

/**
 * The mock services.
 *
 * @example
 * ```ts
 * const catalog = mockServices.catalog({ entities: [catalogUser('jane')] });
 * const resolver = new AcmeResolver(catalog, mockServices.auth());
 *
 * await using started = await startTestBackend({
 *   features: [authPlugin, mockServices.catalog.factory({ entities: [catalogUser('jane')] })],
 * });
 * ```
 * @public
 */
export const mockServices = {
  /** Config of plain values. */
  rootConfig: mockOf(coreServices.rootConfig, ({ data = {} }: { data?: JsonObject } = {}): LocatedConfig =>
    createConfig(data),
  ),
  /** Remembers its lines. */
  logger: mockOf(coreServices.logger, (): MockLogger => createMockLogger()),
  /** The same, for the whole backend. */
  rootLogger: mockOf(coreServices.rootLogger, (): MockLogger => createMockLogger()),
  /** A catalog in memory, which compares as Backstage's does: without regard to letter case. */
  catalog: mockOf(
    catalogServiceRef,
    ({ entities = [] }: { entities?: readonly Entity[] } = {}): MockCatalog => createMockCatalog(entities),
  ),
  /** Tokens are words: `mock-user:user:default/jane`, `mock-service:plugin:test`. */
  auth: mockOf(coreServices.auth, createMockAuth),
  /** Reads those words from the header `Authorization`. A request without one is Jane's. */
  httpAuth: mockOf(coreServices.httpAuth, createMockHttpAuth),
  /** Knows what Jane owns, or the users given. */
  userInfo: mockOf(coreServices.userInfo, createMockUserInfo),
  /** Everything is at `http://localhost:0/api/<pluginId>`, or at the base URL given. */
  discovery: mockOf(
    coreServices.discovery,
    ({ baseUrl = 'http://localhost:0' }: { baseUrl?: string } = {}): DiscoveryService => {
      const urlOf = async (pluginId: string) =>
        Promise.resolve(`${baseUrl}/api/${encodeURIComponent(pluginId)}`);
      return { getBaseUrl: urlOf, getExternalBaseUrl: urlOf };
    },
  ),
  /** Stands still until it is moved. */
  clock: mockOf(clockServiceRef, (start?: number): MockClock => createMockClock(start)),
  /**
   * A feature that provides an instance you keep, to steer it or to look at it.
   *
   * @example
   * ```ts
   * const clock = mockServices.clock();
   * await startTestBackend({ features: [mockServices.factoryOf(clockServiceRef, clock)] });
   * clock.advance(3_600_000);
   * ```
   */
  factoryOf: <T>(service: ServiceRef<T>, instance: T): ServiceFactory =>
    createServiceFactory({ service: service as ServiceRef<T, 'plugin'>, deps: {}, factory: () => instance }),
};

function mockOf<TService, TParameters extends readonly unknown[], T extends TService>(
  service: ServiceRef<TService>,
  make: (...parameters: TParameters) => T,
): MockService<TParameters, T> {
  return Object.assign((...parameters: TParameters) => make(...parameters), {
    factory: (...parameters: TParameters) => {
      const instance = make(...parameters);
      return createServiceFactory({
        // Instances of both scopes are made alike: nothing is injected into them.
        service: service as ServiceRef<TService, 'plugin'>,
        deps: {},
        factory: (): TService => instance,
      });
    },
  });
}
