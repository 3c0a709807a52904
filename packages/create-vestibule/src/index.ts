/**
 * What `npm create vestibule` writes, for programs that write it themselves.
 *
 * @packageDocumentation
 */
export { databases, providers, purposes } from './answers.ts';
export type { Answers, Database, Provider, Purpose } from './answers.ts';
export { planProject, type PlanOptions } from './planProject.ts';
