/** The services that belong to the boot. Their values depend on who asks, so the boot makes them itself. */
import {
  addedPartsServiceRef,
  coreServices,
  createServiceFactory,
  type AddedPartsService,
  type RootInstanceMetadataService,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import type { Hooks } from '../lifecycle/hooks.ts';
import type { Consumer } from './instance.ts';

/** What the built-in services are made from. */
export interface BuiltInSources {
  rootHooks: Hooks;
  instanceId: string;
  hooksOf(pluginId: string): Hooks;
  /** What is installed; known once the graph has been judged. */
  installed(): Awaited<ReturnType<RootInstanceMetadataService['getInstalledPlugins']>>;
  addedParts: AddedPartsService;
}

/** Stand-ins, by which the graph knows the services and their scopes. */
export const builtInFactories: readonly ServiceFactory[] = [
  createServiceFactory({ service: coreServices.rootLifecycle, deps: {}, factory: belongsToBoot }),
  createServiceFactory({ service: coreServices.rootInstanceMetadata, deps: {}, factory: belongsToBoot }),
  createServiceFactory({ service: addedPartsServiceRef, deps: {}, factory: belongsToBoot }),
  createServiceFactory({ service: coreServices.lifecycle, deps: {}, factory: belongsToBoot }),
  createServiceFactory({ service: coreServices.pluginMetadata, deps: {}, factory: belongsToBoot }),
];

/** The value of a built-in service for one consumer. */
export function builtInValue(id: string, consumer: Consumer, sources: BuiltInSources): unknown {
  const pluginId = consumer.pluginId ?? '';
  switch (id) {
    case coreServices.rootLifecycle.id:
      return sources.rootHooks.serviceFor(consumer, consumer.label);
    case coreServices.lifecycle.id:
      return sources.hooksOf(pluginId).serviceFor(consumer, consumer.label);
    case addedPartsServiceRef.id:
      return sources.addedParts;
    case coreServices.pluginMetadata.id:
      return { getId: () => pluginId };
    default:
      return { instanceId: sources.instanceId, getInstalledPlugins: async () => sources.installed() };
  }
}

function belongsToBoot(): never {
  throw new Error('the boot makes this service itself');
}
