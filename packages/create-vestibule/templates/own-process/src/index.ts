/** The whole program: sign-in with its page and its catalog, and this project's own rule for who becomes whom. */
import { createDefaultBackend } from '@vestibule/backend';
import { runBackend } from '@vestibule/cli';

const backend = createDefaultBackend();
backend.add(import('./signIn/module.ts'));
await runBackend(backend);
