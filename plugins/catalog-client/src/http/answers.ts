/** Answers of a catalog, typed before anything uses them. */
import { isObject } from '@vestibule/backend-plugin-api';
import type { CompoundEntityRef, Entity, EntityMeta, EntityRelation } from '@vestibule/catalog-model';
import { equalsIgnoringAsciiCase, getCompoundEntityRef, stringifyEntityRef } from '@vestibule/catalog-model';
import { parseJson, type OutboundResponse } from '@vestibule/outbound-http';
import {
  CatalogAnswerInvalidError,
  CatalogRefusedError,
  CatalogUnavailableError,
  type QueryEntitiesResponse,
} from '@vestibule/plugin-catalog-node';

/**
 * The JSON value of an answer with a 2xx status.
 *
 * @param place - Method and path, for the operator.
 * @throws CatalogRefusedError for a 4xx but 404, CatalogUnavailableError for everything else that is no JSON answer.
 */
export function readJson(response: OutboundResponse, place: string): unknown {
  const { status } = response;
  if (status >= 200 && status < 300) {
    try {
      return parseJson(response);
    } catch (cause) {
      throw new CatalogUnavailableError('The software catalog is not available.', {
        hint: `${place} answered ${status} with something that is not JSON.`,
        cause,
      });
    }
  }
  // A catalog has all the paths that are asked for; what is missing in it is missing below them.
  if (status === 404) {
    throw new CatalogUnavailableError('The software catalog is not available.', {
      hint: `${place} answered 404${remoteErrorName(response)}: no catalog is there. Say where it is under discovery.endpoints, or set fileCatalog.path.`,
    });
  }
  if (status >= 400 && status < 500) {
    throw new CatalogRefusedError('The software catalog refused the request.', {
      hint: `${place} answered ${status}${remoteErrorName(response)}. Does the catalog trust this backend's tokens?`,
    });
  }
  throw new CatalogUnavailableError('The software catalog is not available.', {
    hint: `${place} answered ${status}${remoteErrorName(response)}.`,
  });
}

/** Whether a 404 says that there is no such entity. */
export function isAbsence(response: OutboundResponse): boolean {
  return response.status === 404 && !isMissingPage(response);
}

/** A page of HTML comes from a proxy or another server, not from a catalog: nobody has looked for the entity. */
function isMissingPage({ status, headers }: OutboundResponse): boolean {
  return status === 404 && /^\s*text\/html\b/i.test(headers['content-type'] ?? '');
}

/**
 * One entity, which must be the one that was asked for (letter case apart, ASCII only).
 *
 * @throws CatalogAnswerInvalidError
 */
export function readAskedEntity(value: unknown, asked: CompoundEntityRef): Entity {
  const entity = readEntity(value);
  const found = getCompoundEntityRef(entity);
  for (const part of ['kind', 'namespace', 'name'] as const) {
    if (!equalsIgnoringAsciiCase(found[part], asked[part]))
      invalid(`it holds an entity with another ${part}`);
  }
  return entity;
}

/** A list of entities. @throws CatalogAnswerInvalidError */
export function readEntities(value: unknown): Entity[] {
  if (!Array.isArray(value)) return invalid('it is not a list');
  return value.map(readEntity);
}

/** The answer to a list of references: as long, in that order, `null` for what is missing. @throws CatalogAnswerInvalidError */
export function readEntitiesByRefs(value: unknown, refs: readonly string[]): (Entity | undefined)[] {
  const items = isObject(value) ? value.items : undefined;
  if (!Array.isArray(items)) return invalid('it has no list of items');
  if (items.length !== refs.length) invalid('it has not as many items as were asked for');
  return items.map((item: unknown, index) => {
    if (item === null) return undefined;
    const entity = readEntity(item);
    if (stringifyEntityRef(entity) !== refs[index]) invalid('it holds an entity that was not asked for');
    return entity;
  });
}

/** One page of a query. @throws CatalogAnswerInvalidError */
export function readPage(value: unknown): QueryEntitiesResponse {
  if (!isObject(value)) return invalid('it is not an object');
  const { totalItems, pageInfo } = value;
  if (typeof totalItems !== 'number') return invalid('totalItems is not a number');
  if (!isObject(pageInfo)) return invalid('pageInfo is not an object');
  const { nextCursor, prevCursor } = pageInfo;
  if (!isTextOrAbsent(nextCursor) || !isTextOrAbsent(prevCursor)) return invalid('a cursor is not a text');
  return {
    items: readEntities(value.items),
    totalItems,
    pageInfo: {
      ...(nextCursor !== undefined && { nextCursor }),
      ...(prevCursor !== undefined && { prevCursor }),
    },
  };
}

function readEntity(value: unknown): Entity {
  if (!isObject(value)) return invalid('an entity is not an object');
  const { apiVersion, kind, metadata, spec, relations } = value;
  if (typeof kind !== 'string' || kind === '') return invalid('an entity has no kind');
  if (!isTextOrAbsent(apiVersion)) return invalid('an apiVersion is not a text');
  if (spec !== undefined && !isObject(spec)) return invalid('a spec is not an object');
  return {
    ...value,
    kind,
    metadata: readMetadata(metadata),
    ...(relations !== undefined && { relations: readRelations(relations) }),
  } as Entity;
}

function readMetadata(value: unknown): EntityMeta {
  if (!isObject(value)) return invalid('an entity has no metadata');
  const { name, namespace, annotations, labels } = value;
  if (typeof name !== 'string' || name === '') return invalid('an entity has no name');
  if (!isTextOrAbsent(namespace)) return invalid('a namespace is not a text');
  if (!isRecordOfTexts(annotations)) return invalid('annotations are not texts');
  if (!isRecordOfTexts(labels)) return invalid('labels are not texts');
  return value as EntityMeta;
}

/** Older catalogs name the target by its parts, `target: { kind, namespace, name }`. */
function readRelations(value: unknown): EntityRelation[] {
  if (!Array.isArray(value)) return invalid('relations are not a list');
  return value.map((relation: unknown) => {
    if (!isObject(relation) || typeof relation.type !== 'string') return invalid('a relation has no type');
    const { type, targetRef, target } = relation;
    if (typeof targetRef === 'string' && targetRef !== '') return { type, targetRef };
    if (isObject(target)) {
      const { kind, namespace, name } = target;
      if (typeof kind === 'string' && typeof name === 'string' && isTextOrAbsent(namespace)) {
        return {
          type,
          targetRef: stringifyEntityRef({ kind, name, ...(namespace !== undefined && { namespace }) }),
        };
      }
    }
    return invalid('a relation has no target');
  });
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isRecordOfTexts(value: unknown): boolean {
  return (
    value === undefined || (isObject(value) && Object.values(value).every((text) => typeof text === 'string'))
  );
}

/** The error name in Backstage's error body. Its message may quote what was sent, and is left out. */
function remoteErrorName(response: OutboundResponse): string {
  try {
    const body = parseJson(response) as { error?: { name?: unknown } } | null;
    const name = body?.error?.name;
    return typeof name === 'string' && /^[A-Za-z]{1,64}$/.test(name) ? ` (${name})` : '';
  } catch {
    return '';
  }
}

function invalid(what: string): never {
  throw new CatalogAnswerInvalidError('The software catalog gave an answer that cannot be used.', {
    hint: `The catalog's answer failed a check: ${what}.`,
  });
}
