/** Entities in the shape that everything after them reads; garbage is the catalog's fault, not the person's. */
import type { Entity } from '@vestibule/catalog-model';

/** Whether it has a kind, a name, and relations that lead somewhere. */
export function isWholeEntity(given: unknown): given is Entity {
  if (typeof given !== 'object' || given === null) return false;
  const { kind, metadata, relations = [] } = given as Partial<Record<string, unknown>>;
  const { name, namespace = '' } = (metadata ?? {}) as Partial<Record<string, unknown>>;
  if (![kind, name, namespace].every((one) => typeof one === 'string')) return false;
  if (!Array.isArray(relations)) return false;
  return relations.every((one: Partial<Record<string, unknown>> | null) => {
    const { type, targetRef } = one ?? {};
    return typeof type === 'string' && typeof targetRef === 'string';
  });
}
