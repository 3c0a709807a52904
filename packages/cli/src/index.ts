/**
 * The `vestibule` command, and how it runs a backend.
 *
 * @packageDocumentation
 */
export { formatGraph, type GraphForm } from './graph/formatGraph.ts';
export { checkBackend } from './check/checkBackend.ts';
export { formatCheck } from './check/formatCheck.ts';
export type { CheckFinding, CheckForm, CheckReport } from './check/checkReport.ts';
export { configSchemaOf } from './config/configSchemaOf.ts';
export type { JsonSchema } from './config/schemaParts.ts';
export { main } from './main.ts';
export { runBackend } from './runBackend.ts';
