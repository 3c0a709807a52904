/** The catalog that resolvers inject: Backstage's method names, arguments and answers. */
import {
  createServiceRef,
  type BackstageCredentials,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import type { CompoundEntityRef, Entity } from '@vestibule/catalog-model';

/** Asks for the presence of a key, whatever its value. @public */
export const CATALOG_FILTER_EXISTS: unique symbol = Symbol.for(
  'CATALOG_FILTER_EXISTS_0e15b590c0b343a2bae3e787e84c2111',
);

/** Conditions that must all hold; a list of values matches any of them. Keys are paths: `spec.profile.email`. @public */
export type EntityFilterSet = Record<string, string | symbol | (string | symbol)[]>;

/** One set, or several of which one must hold. @public */
export type EntityFilter = EntityFilterSet | EntityFilterSet[];

/** Who asks, and how long they wait. @public */
export interface CatalogRequestOptions {
  /** The catalog is called on behalf of these, usually `await auth.getOwnServiceCredentials()`. */
  credentials: BackstageCredentials;
  /** Ends the call early. Whatever the signal says, one call takes at most 10 s. */
  signal?: AbortSignal;
}

/** Which entities are listed, in which order, and how many. @public */
export interface GetEntitiesRequest {
  filter?: EntityFilter;
  /** Paths to include; default all. */
  fields?: string[];
  order?: { field: string; order: 'asc' | 'desc' } | { field: string; order: 'asc' | 'desc' }[];
  offset?: number;
  limit?: number;
  after?: string;
}

/** Which entities are looked up by their references; the answer keeps their order. @public */
export interface GetEntitiesByRefsRequest {
  entityRefs: string[];
  fields?: string[];
  filter?: EntityFilter;
}

/** A question that is answered page by page: the first page, or by `cursor` a further one. @public */
export interface QueryEntitiesRequest {
  filter?: EntityFilter;
  fields?: string[];
  limit?: number;
  offset?: number;
  orderFields?: { field: string; order: 'asc' | 'desc' } | { field: string; order: 'asc' | 'desc' }[];
  fullTextFilter?: { term: string; fields?: string[] };
  /** From an earlier answer; then nothing else but `fields` and `limit` counts. */
  cursor?: string;
}

/** One page of answers, and how to ask for those beside it. @public */
export interface QueryEntitiesResponse {
  items: Entity[];
  totalItems: number;
  pageInfo: { nextCursor?: string; prevCursor?: string };
}

/**
 * Finds users and their groups. Replace it with one factory for `catalogServiceRef`.
 *
 * Every method throws `ERR_CATALOG_UNAVAILABLE` when no answer could be obtained (network, deadline, 5xx, not JSON, no
 * catalog at that address), `ERR_CATALOG_REFUSED` when the catalog refused the call (401, 403, other 4xx) and `ERR_CATALOG_ANSWER_INVALID` when
 * the answer is not what was asked for. Absence is not an error. `ERR_CATALOG_QUERY_UNSAFE` means that the question cannot
 * be put without changing its meaning; nobody was asked.
 *
 * @public
 */
export interface CatalogService {
  /**
   * Looks up one entity.
   *
   * @param entityRef - A full reference, for example `user:default/jane`, or its parts.
   * @returns The entity, or `undefined` when there is none.
   */
  getEntityByRef(
    entityRef: string | CompoundEntityRef,
    options: CatalogRequestOptions,
  ): Promise<Entity | undefined>;
  /** Lists entities. Without a filter: all of them. */
  getEntities(
    request: GetEntitiesRequest | undefined,
    options: CatalogRequestOptions,
  ): Promise<{ items: Entity[] }>;
  /** Looks up many entities. The answer keeps the order; what is missing is `undefined`. */
  getEntitiesByRefs(
    request: GetEntitiesByRefsRequest,
    options: CatalogRequestOptions,
  ): Promise<{ items: (Entity | undefined)[] }>;
  /** Lists entities page by page. */
  queryEntities(
    request: QueryEntitiesRequest | undefined,
    options: CatalogRequestOptions,
  ): Promise<QueryEntitiesResponse>;
}

/** The catalog. By default a Backstage catalog over HTTP, found through `core.discovery`. @public */
export const catalogServiceRef = createServiceRef<CatalogService>({
  id: 'catalog-client',
  defaultFactory: async () => {
    // The compiler follows a bare literal only: that package imports this one, and a typed import would be a cycle. A
    // bundler follows this one, too. See docs/decisions/15-catalog-reference-carries-a-default.md
    const { catalogClientServiceFactory } = (await import(
      '@vestibule/plugin-catalog-client' satisfies string
    )) as {
      catalogClientServiceFactory: ServiceFactory;
    };
    return catalogClientServiceFactory;
  },
});
