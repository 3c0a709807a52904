/**
 * Entities and entity references of the software catalog. Pure: no I/O, no dependencies.
 *
 * @packageDocumentation
 */
export * from './entity.ts';
