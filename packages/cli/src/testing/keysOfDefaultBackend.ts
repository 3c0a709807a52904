/** Every key of the whole config that the default backend describes. */
import { bootConfigSchema } from '@vestibule/backend-core';
import * as defaults from '@vestibule/backend-defaults';
import type { ConfigSchema } from '@vestibule/backend-plugin-api';
import authPlugin from '@vestibule/plugin-auth-backend';
import { authModuleOAuthServer } from '@vestibule/plugin-auth-backend-module-oauth-server';
import { describedKeys } from './generatedConfigs.ts';

const schemas = [...Object.values(defaults), authPlugin, authModuleOAuthServer].flatMap(
  (part: unknown): ConfigSchema[] => {
    const { configSchema } = Object(part) as { configSchema?: ConfigSchema };
    return configSchema ? [configSchema] : [];
  },
);

export const keysOfDefaultBackend = describedKeys([bootConfigSchema, ...schemas]);
