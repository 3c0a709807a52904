/**
 * The routes that `@backstage/catalog-client` reads from, answered out of a `CatalogService`, in Backstage's shapes. The
 * catalog is asked with the caller's credentials. Nothing is written here: what would change the catalog is 501.
 */
import type { IncomingMessage } from 'node:http';
import { NotFoundError, NotImplementedError, type BackstageCredentials } from '@vestibule/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import type { CatalogService, EntityFilter, GetEntitiesRequest } from '@vestibule/plugin-catalog-node';
import {
  invalid,
  readBody,
  readFilter,
  readList,
  readNumber,
  readOrder,
  readQuery,
  textsOf,
} from './askedOfRoutes.ts';
import { countFacets } from './facets.ts';
import { filterOfPredicate } from './predicateFilter.ts';

/** A request, and what its route has found in the path. */
interface Asked {
  readonly catalog: CatalogService;
  readonly credentials: BackstageCredentials;
  readonly request: IncomingMessage;
  readonly parameters: URLSearchParams;
  readonly path: readonly string[];
}

type Route = (asked: Asked) => Promise<unknown>;

/** A colon stands for one segment. */
const routes: Readonly<Record<string, Route>> = {
  'GET /entities': async ({ catalog, credentials, parameters }) => {
    const { items } = await catalog.getEntities(entitiesRequest(parameters), { credentials });
    return items;
  },
  'GET /entities/by-query': async ({ catalog, credentials, parameters }) => {
    const fullTextFields = readList(parameters, 'fullTextFilterFields');
    const term = parameters.get('fullTextFilterTerm')?.trim();
    return catalog.queryEntities(
      {
        ...given('cursor', parameters.get('cursor') ?? undefined),
        ...given('filter', readFilter(parameters)),
        ...given('fields', readList(parameters, 'fields')),
        ...given('limit', readNumber(parameters, 'limit')),
        ...given('offset', readNumber(parameters, 'offset')),
        ...given('orderFields', readOrder(parameters, 'orderField')),
        ...(term && { fullTextFilter: { term, ...given('fields', fullTextFields) } }),
      },
      { credentials },
    );
  },
  'POST /entities/by-query': async ({ catalog, credentials, request }) => {
    const { cursor, limit, offset, orderBy, fullTextFilter, fields, query } = readQuery(
      await readBody(request),
    );
    return catalog.queryEntities(
      {
        ...given('cursor', cursor ?? undefined),
        ...given('limit', limit ?? undefined),
        ...given('offset', offset ?? undefined),
        ...given('orderFields', orderBy ?? undefined),
        ...given('fullTextFilter', fullTextFilter ?? undefined),
        ...given('fields', fields ?? undefined),
        ...given('filter', filterOfPredicate(query)),
      },
      { credentials },
    );
  },
  'POST /entities/by-refs': async ({ catalog, credentials, request, parameters }) => {
    const body = await readBody(request);
    const entityRefs = textsOf(body, 'entityRefs');
    if (!entityRefs) throw invalid('entityRefs', 'it is no list of texts');
    const filter = filterOfPredicate(body['query']) ?? readFilter(parameters);
    const fields = textsOf(body, 'fields');
    const { items } = await catalog.getEntitiesByRefs(
      { entityRefs, ...given('fields', fields), ...given('filter', filter) },
      { credentials },
    );
    return { items: items.map((item) => item ?? null) };
  },
  'GET /entities/by-name/:/:/:': entityByName,
  'GET /entities/by-name/:/:/:/ancestry': async (asked) => {
    const entity = await entityByName(asked);
    // Where it came from is known to who made it.
    return { rootEntityRef: stringifyEntityRef(entity), items: [{ entity, parentEntityRefs: [] }] };
  },
  'GET /entities/by-uid/:': async ({ catalog, credentials, path: [uid = ''] }) => {
    const { items } = await catalog.getEntities({ filter: { 'metadata.uid': uid } }, { credentials });
    if (items[0]) return items[0];
    throw new NotFoundError('ERR_CATALOG_ENTITY_MISSING', `No entity with uid ${uid}`);
  },
  'GET /entity-facets': async (asked) =>
    facets(asked, asked.parameters.getAll('facet').filter(Boolean), readFilter(asked.parameters)),
  'POST /entity-facets': async (asked) => {
    const body = await readBody(asked.request);
    return facets(asked, textsOf(body, 'facets') ?? [], filterOfPredicate(body['query']));
  },
  // Nothing is registered here: the entities are those of the file, or of the service.
  'GET /locations': async () => Promise.resolve([]),
  'POST /locations/by-query': async () => Promise.resolve({ items: [], totalItems: 0, pageInfo: {} }),
};

/** Finds and asks the route; `undefined` where there is none. */
export function findRoute(
  method: string,
  path: string,
): ((asked: Omit<Asked, 'path'>) => Promise<unknown>) | undefined {
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  for (const [pattern, route] of Object.entries(routes)) {
    const [wantedMethod, wantedPath = ''] = pattern.split(' ');
    const wanted = wantedPath.split('/').slice(1);
    const fits =
      (method === 'HEAD' ? 'GET' : method) === wantedMethod &&
      wanted.length === segments.length &&
      wanted.every((part, index) => part === ':' || part === segments[index]);
    const found = segments.filter((_, index) => wanted[index] === ':');
    if (fits) return async (asked) => route({ ...asked, path: found });
  }
  const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(method) && isOfCatalog(segments[0]);
  return isWrite ? refuseWrite : undefined;
}

async function refuseWrite(): Promise<never> {
  return Promise.reject(
    new NotImplementedError(
      'ERR_CATALOG_READ_ONLY',
      'This catalog is read only: nothing can be changed in it',
    ),
  );
}

function isOfCatalog(segment: string | undefined): boolean {
  return ['entities', 'locations', 'refresh', 'validate-entity', 'analyze-location'].includes(segment ?? '');
}

async function entityByName({ catalog, credentials, path }: Asked): Promise<Entity> {
  const [kind = '', namespace = '', name = ''] = path;
  const entity = await catalog.getEntityByRef({ kind, namespace, name }, { credentials });
  if (entity) return entity;
  throw new NotFoundError(
    'ERR_CATALOG_ENTITY_MISSING',
    `No entity named '${name}' found, with kind '${kind}' in namespace '${namespace}'`,
  );
}

async function facets(
  { catalog, credentials }: Asked,
  names: readonly string[],
  filter: EntityFilter | undefined,
): Promise<unknown> {
  if (names.length === 0) throw invalid('facet', 'there is none');
  const { items } = await catalog.getEntities({ ...given('filter', filter) }, { credentials });
  return { facets: countFacets(items, names) };
}

function entitiesRequest(parameters: URLSearchParams): GetEntitiesRequest {
  return {
    ...given('filter', readFilter(parameters)),
    ...given('fields', readList(parameters, 'fields')),
    ...given('order', readOrder(parameters, 'order')),
    ...given('offset', readNumber(parameters, 'offset')),
    ...given('limit', readNumber(parameters, 'limit')),
    ...given('after', parameters.get('after') ?? undefined),
  };
}

/** Backstage's shapes know no member that is `undefined`. */
function given<K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, T>);
}
