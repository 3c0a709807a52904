// Backstage's auth backend as its documentation puts it together, and a plugin with a route that wants a user.
// Usage: node server.mjs --config FILE
import { createBackend } from '@backstage/backend-defaults';
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { whoAmI } from '../whoAmI.mjs';

const backend = createBackend();
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-auth-backend-module-oidc-provider'));
backend.add(whoAmI({ coreServices, createBackendPlugin }));
await backend.start();
