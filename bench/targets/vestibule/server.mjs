// What `vestibule start` runs, and a plugin with a route that wants a user.
import { createDefaultBackend } from '@vestibule/backend';
import { asNodeHandler, coreServices, createBackendPlugin } from '@vestibule/backend-plugin-api';
import { runBackend } from '@vestibule/cli';
import { whoAmI } from '../whoAmI.mjs';

const backend = createDefaultBackend({ configFiles: [process.argv[2]] });
backend.add(whoAmI({ coreServices, createBackendPlugin, asHandler: asNodeHandler }));
await runBackend(backend);
