/** References that a catalog is asked for. */
import { parseEntityRef, type CompoundEntityRef } from '@vestibule/catalog-model';
import { checkText, refuse } from './entityFilter.ts';

/**
 * Reads a reference that is to be asked for. It may be outside the grammar of entities (a catalog can be told to accept
 * more), but never change what the request means.
 *
 * @throws CatalogQueryUnsafeError `ERR_CATALOG_QUERY_UNSAFE` where it is malformed or could mean another path.
 */
export function readAskedRef(ref: string | CompoundEntityRef): CompoundEntityRef {
  let parts: CompoundEntityRef;
  try {
    parts = parseEntityRef(ref);
  } catch {
    return refuse('The entity reference has not the form kind:namespace/name.');
  }
  for (const part of [parts.kind, parts.namespace, parts.name]) {
    if (typeof part !== 'string' || part.length > 200) refuse('A part of the entity reference is too long.');
    checkText(part, 'The entity reference');
    // Dots are removed from paths (RFC 3986 section 5.2.4), and proxies decode slashes.
    if (/^\.{1,2}$|[/\\]/.test(part))
      refuse('A part of the entity reference could be taken for another path.');
  }
  return parts;
}
