/** The service `vestibule.auth.settings`: what the config says of sign-in, checked on every host. */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  readConfig,
  runtimeModeServiceRef,
} from '@vestibule/backend-plugin-api';
import { authConfigSchemaServiceRef } from '@vestibule/plugin-auth-node';
import type { z } from 'zod';
import { authConfigSchema } from './config.ts';
import { checkHostConfig } from './hostConfig.ts';

/** The parts of the config that sign-in reads. */
export type AuthSettings = NonNullable<z.infer<typeof authConfigSchema>['auth']>;

/** What the config says. */
export interface ReadAuthSettings {
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
        moduleSchemas: authConfigSchemaServiceRef,
      },
      factory({ config, logger, runtimeMode, moduleSchemas }) {
        checkHostConfig({ config, logger, isProduction: runtimeMode.isProduction, moduleSchemas });
        const { auth = {} } = readConfig({ config, schema: authConfigSchema, owner: "plugin 'auth'" });
        return { auth };
      },
    }),
});
