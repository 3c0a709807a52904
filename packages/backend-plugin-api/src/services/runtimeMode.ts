/** The service `vestibule.runtimeMode`: development, production, or neither. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/** How the backend runs, from `NODE_ENV`. With another value, or none, neither is true. @public */
export interface RuntimeModeService {
  /** `NODE_ENV` is exactly `development`: conveniences that would be unsafe elsewhere are on. */
  readonly isDevelopment: boolean;
  /** `NODE_ENV` is exactly `production`: weak and unsafe settings are refused. */
  readonly isProduction: boolean;
}

/** Replace it in tests to run a backend as in production. Comes with its own default on every host. @public */
export const runtimeModeServiceRef = createServiceRef<RuntimeModeService>({
  id: 'vestibule.runtimeMode',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {},
      // The one place outside the config service that reads the environment.
      factory: () => ({
        isDevelopment: process.env.NODE_ENV === 'development',
        isProduction: process.env.NODE_ENV === 'production',
      }),
    }),
});
