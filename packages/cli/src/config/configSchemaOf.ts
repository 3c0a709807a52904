/** The schema of the config of a backend of one's own. */
import type { Backend } from '@vestibule/backend-core';
import type { JsonSchema } from './schemaParts.ts';

/**
 * One JSON Schema (draft-07) of everything that the backend has installed, for editors: what `vestibule config schema` prints.
 * `configSchema` of Backstage packages among the dependencies of the working directory's `package.json` is in it. Features
 * that a loader brings only by the config are in it where the config says so. The backend cannot be started afterwards.
 *
 * @example
 * ```ts
 * const schema = await configSchemaOf(backend);
 * await writeFile('app-config.schema.json', JSON.stringify(schema, undefined, 2));
 * ```
 * @public
 */
export async function configSchemaOf(backend: Backend): Promise<JsonSchema> {
  // A program that starts a backend has no use for it.
  const { describeConfig } = await import('./configSchema.ts');
  return (await describeConfig(await backend.judge(), process.cwd())).schema;
}
