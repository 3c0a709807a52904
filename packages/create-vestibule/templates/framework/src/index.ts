/** The whole program: the core, and a plugin of this project. */
import { createBackend } from '@vestibule/backend-defaults';
import { runBackend } from '@vestibule/cli';

const backend = createBackend();
backend.add(import('./visits/plugin.ts'));
await runBackend(backend);
