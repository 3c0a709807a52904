/**
 * Entities and entity references of the software catalog. Pure: no I/O, no dependencies.
 *
 * @packageDocumentation
 */
export * from './entity.ts';
export * from './entityGrammar.ts';
export * from './entityRef.ts';
export * from './errors.ts';
export * from './kinds.ts';
export * from './letterCase.ts';
export * from './relations.ts';
