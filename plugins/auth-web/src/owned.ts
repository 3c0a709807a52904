/** What a signed-in user owns, and through which groups: asked of the catalog for the bearer of a user token. */
import type { IncomingMessage } from 'node:http';
import type { AuthService, HttpAuthService, UserInfoService } from '@vestibule/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import type { CatalogService } from '@vestibule/plugin-catalog-node';

/** So that a request for a user of many groups stays within the length of a URL. */
const refsPerQuery = 40;
const maxOwned = 200;

/** A group, or whatever else stands among a user's ownership references. */
export interface Owner {
  entityRef: string;
  title: string;
}

/** An entity that the user owns. */
export interface OwnedEntity extends Owner {
  /** As the catalog writes it, for example `Component`. */
  kind: string;
  /** `spec.type`, for example `service`. */
  type?: string;
  description?: string;
  /** Which of the user's ownership references own it. */
  ownedThrough: string[];
}

/** The answer of `GET /auth-web/owned`. */
export interface Owned {
  userEntityRef: string;
  /** Sorted by title, without the user. */
  groups: Owner[];
  /** Sorted by title, at most 200. */
  entities: OwnedEntity[];
  /** Whether there were more than 200. */
  truncated: boolean;
}

/** Throws what `core.httpAuth`, `core.userInfo` and the catalog throw. */
export type OwnedLookUp = (request: IncomingMessage) => Promise<Owned>;

export function createOwnedLookUp(services: {
  auth: AuthService;
  httpAuth: HttpAuthService;
  userInfo: UserInfoService;
  catalog: CatalogService;
}): OwnedLookUp {
  const { auth, httpAuth, userInfo, catalog } = services;
  return async (request) => {
    const user = await httpAuth.credentials(request, { allow: ['user'] });
    const { userEntityRef, ownershipEntityRefs } = await userInfo.getUserInfo(user);
    const refs = [...new Set([userEntityRef, ...ownershipEntityRefs])];
    const credentials = await auth.getOwnServiceCredentials();

    const groupRefs = refs.filter((ref) => ref !== userEntityRef);
    const [groups, entities] = await Promise.all([
      inChunks(groupRefs, async (entityRefs) => {
        const fields = [
          'kind',
          'metadata.name',
          'metadata.namespace',
          'metadata.title',
          'spec.profile.displayName',
        ];
        const { items } = await catalog.getEntitiesByRefs({ entityRefs, fields }, { credentials });
        return entityRefs.map((entityRef, index) => ({
          entityRef,
          title: titleOf(items[index]) ?? entityRef,
        }));
      }),
      inChunks(refs, async (owners) => {
        const filter = { 'relations.ownedBy': owners };
        const { items } = await catalog.getEntities({ filter, limit: maxOwned + 1 }, { credentials });
        return items;
      }),
    ]);

    const owned = new Map(entities.map((entity) => [stringifyEntityRef(entity), ownedEntity(entity, refs)]));
    return {
      userEntityRef,
      groups: groups.sort(byTitle),
      entities: [...owned.values()].sort(byTitle).slice(0, maxOwned),
      truncated: owned.size > maxOwned,
    };
  };
}

async function inChunks<T>(refs: readonly string[], ask: (chunk: string[]) => Promise<T[]>): Promise<T[]> {
  const answers: T[] = [];
  for (let start = 0; start < refs.length; start += refsPerQuery) {
    answers.push(...(await ask(refs.slice(start, start + refsPerQuery))));
  }
  return answers;
}

function ownedEntity(entity: Entity, owners: readonly string[]): OwnedEntity {
  const { kind, metadata, spec, relations = [] } = entity;
  const ownedBy = new Set(
    relations.filter(({ type }) => type === 'ownedBy').map(({ targetRef }) => targetRef),
  );
  return {
    entityRef: stringifyEntityRef(entity),
    title: titleOf(entity) ?? metadata.name,
    kind,
    ...(typeof spec?.type === 'string' && { type: spec.type }),
    ...(metadata.description && { description: metadata.description }),
    ownedThrough: owners.filter((ref) => ownedBy.has(ref)),
  };
}

function titleOf(entity: Entity | undefined): string | undefined {
  const profile = entity?.spec?.profile as { displayName?: unknown } | undefined;
  const candidates = [profile?.displayName, entity?.metadata.title, entity?.metadata.name];
  return candidates.find((title): title is string => typeof title === 'string' && title !== '');
}

function byTitle(one: Owner, other: Owner): number {
  return one.title.localeCompare(other.title, 'en', { numeric: true });
}
