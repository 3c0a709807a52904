/**
 * The `vestibule` command, and how it runs a backend.
 *
 * @packageDocumentation
 */
export { main } from './main.ts';
export { runBackend } from './runBackend.ts';
