/** Fields that are always asked for: without them no answer could be compared with its question. */
import { checkFilterKey, refuse } from './entityFilter.ts';

const identifyingFields = ['kind', 'metadata.namespace', 'metadata.name'];

/**
 * The fields to ask for: those given, and what identifies an entity.
 *
 * @throws CatalogQueryUnsafeError `ERR_CATALOG_QUERY_UNSAFE`.
 */
export function withIdentifyingFields(fields: readonly string[] | undefined): string[] | undefined {
  if (fields === undefined) return undefined;
  if (fields.length === 0)
    refuse('An empty list of fields would mean all of them; leave it out to mean that.');
  fields.forEach(checkFilterKey);
  const isCovered = (field: string): boolean =>
    fields.some((given) => given === field || field.startsWith(`${given}.`));
  return [...fields, ...identifyingFields.filter((field) => !isCovered(field))];
}
