/**
 * Migrations for plugins that own tables.
 *
 * @packageDocumentation
 */
export * from './errors.ts';
export * from './migrate.ts';
export * from './migrationChecksums.ts';
