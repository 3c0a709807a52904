/** `vestibule start`: the backend that this product is. */
import { createDefaultBackend } from '@vestibule/backend';
import { runBackend } from './runBackend.ts';

/** @param configFiles - In the order of reading; none means the default ones. */
export async function start(configFiles: readonly string[]): Promise<void> {
  await runBackend(createDefaultBackend({ configFiles }));
}
