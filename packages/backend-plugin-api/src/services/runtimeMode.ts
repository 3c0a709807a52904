/** The service `vestibule.runtimeMode`: development, production, or neither. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';
import { coreServices } from './coreServices.ts';
import { runtimeModeOf, type RuntimeModeService } from './runtimeModeService.ts';

/** Replace it in tests to run a backend as in production. Comes with its own default on every host. @public */
export const runtimeModeServiceRef = createServiceRef<RuntimeModeService>({
  id: 'vestibule.runtimeMode',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: { config: coreServices.rootConfig },
      // The one place outside the config service that reads the environment.
      factory: ({ config }) => runtimeModeOf(process.env.NODE_ENV, config),
    }),
});
