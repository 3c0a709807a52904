/**
 * The `vestibule` command.
 *
 * @packageDocumentation
 */
export { main } from './main.ts';
