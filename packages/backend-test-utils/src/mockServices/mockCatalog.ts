/** A catalog in memory that counts what it is asked, and can fail. */
import type { Entity } from '@vestibule/catalog-model';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { CatalogUnavailableError, type CatalogService } from '@vestibule/plugin-catalog-node';

/** A catalog that a test steers. @public */
export interface MockCatalog extends CatalogService {
  /** What it was asked since its making, in order. */
  readonly calls: readonly { readonly method: keyof CatalogService; readonly request: unknown }[];
  /** From now on it has these. */
  setEntities(entities: readonly Entity[]): void;
  /** From now on every call fails so; default `ERR_CATALOG_UNAVAILABLE`. */
  failWith(error?: Error): void;
  /** Answers again. */
  recover(): void;
}

export function createMockCatalog(entities: readonly Entity[] = []): MockCatalog {
  const calls: { method: keyof CatalogService; request: unknown }[] = [];
  let catalog = createInMemoryCatalog(entities);
  let failure: Error | undefined;
  const answering = (method: keyof CatalogService, request: unknown): CatalogService => {
    calls.push({ method, request });
    if (failure) throw failure;
    return catalog;
  };
  return {
    calls,
    setEntities(given) {
      catalog = createInMemoryCatalog(given);
    },
    failWith(error = new CatalogUnavailableError('The mock catalog was told to fail.')) {
      failure = error;
    },
    recover() {
      failure = undefined;
    },
    getEntityByRef: async (ref, options) => answering('getEntityByRef', ref).getEntityByRef(ref, options),
    getEntities: async (request, options) => answering('getEntities', request).getEntities(request, options),
    getEntitiesByRefs: async (request, options) =>
      answering('getEntitiesByRefs', request).getEntitiesByRefs(request, options),
    queryEntities: async (request, options) =>
      answering('queryEntities', request).queryEntities(request, options),
  };
}
