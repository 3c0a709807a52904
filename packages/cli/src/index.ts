/**
 * The `vestibule` command, and how it runs a backend.
 *
 * @packageDocumentation
 */
export { formatGraph, type GraphForm } from './graph/formatGraph.ts';
export { main } from './main.ts';
export { runBackend } from './runBackend.ts';
