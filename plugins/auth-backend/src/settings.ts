/** The service `vestibule.auth.settings`: what the config says of sign-in, checked on every host. */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  readConfig,
  runtimeModeServiceRef,
} from '@vestibule/backend-plugin-api';
import type { z } from 'zod';
import { authConfigSchema } from './config.ts';
import { checkHostConfig } from './hostConfig.ts';

/** The parts of the config that sign-in reads. */
export type AuthSettings = NonNullable<z.infer<typeof authConfigSchema>['auth']>;

/** What the config says. */
export interface ReadAuthSettings {
  /** `app.baseUrl`. */
  readonly appBaseUrl: string | undefined;
  /** `auth`. */
  readonly auth: AuthSettings;
}

/** Whoever depends on it is made only where the config is sound. */
export const authSettingsServiceRef = createServiceRef<ReadAuthSettings>({
  id: 'vestibule.auth.settings',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        runtimeMode: runtimeModeServiceRef,
      },
      factory({ config, logger, runtimeMode }) {
        checkHostConfig({ config, logger, isProduction: runtimeMode.isProduction });
        const { app, auth = {} } = readConfig({ config, schema: authConfigSchema, owner: "plugin 'auth'" });
        return { appBaseUrl: app?.baseUrl, auth };
      },
    }),
});
