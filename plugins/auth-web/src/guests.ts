/**
 * What guests are offered. In development they may pick a user of the catalog; elsewhere nobody is told who there is, the
 * guest provider takes no pick, and it refuses guests altogether unless the config lets them in.
 */
import type { AuthService, Config } from '@vestibule/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import type { SignInOption } from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';

/** How many of the catalog's users are looked at; development catalogs are smaller. */
const maxSearched = 20_000;
const maxListed = 500;

/** A user of the catalog. */
export interface PickableUser {
  /** Full reference, for example `user:default/jane`. */
  entityRef: string;
  /** The display name, the title or the name. */
  title: string;
  email?: string;
  /** Of how many groups they are a direct member. */
  groups: number;
}

/** The answer of `GET /auth-web/guests`. */
export interface PickableUsers {
  /** Sorted by title, at most 500. */
  users: PickableUser[];
  /** Whether there are more. */
  truncated: boolean;
}

/** @see createGuestPicker */
export interface GuestPicker {
  /** Whether a choice lets the person pick. */
  isOfferedBy(option: SignInOption): boolean;
  /**
   * The users whose reference, name or e-mail address holds the text, whatever its letter case; all for an empty text. It
   * throws what the catalog throws.
   */
  search(text: string): Promise<PickableUsers>;
}

/** Whether the guest provider would refuse everybody who takes this choice. */
export function isGuestRefused(
  { providerId, type, kind, problem }: SignInOption,
  { isDevelopment, config }: { isDevelopment: boolean; config: Config },
): boolean {
  if (isDevelopment || type !== 'guest' || kind !== 'proxy') return false;
  const key = `auth.providers.${providerId}.dangerouslyAllowOutsideDevelopment`;
  // A block with a fault may hold no boolean.
  return (problem === undefined ? config.getOptionalBoolean(key) : config.getOptional(key)) !== true;
}

export function createGuestPicker(options: {
  isDevelopment: boolean;
  config: Config;
  auth: AuthService;
  catalog: CatalogService;
}): GuestPicker {
  const { isDevelopment, config, auth, catalog } = options;
  return {
    isOfferedBy({ providerId, type, kind, problem }) {
      if (!isDevelopment || type !== 'guest' || kind !== 'proxy' || problem !== undefined) return false;
      return config.getOptionalBoolean(`auth.providers.${providerId}.pickUser`) !== false;
    },

    async search(text) {
      const credentials = await auth.getOwnServiceCredentials();
      // The text is no part of this question: it is compared here.
      const { items } = await catalog.getEntities(
        {
          filter: { kind: 'user' },
          fields: ['kind', 'metadata.namespace', 'metadata.name', 'metadata.title', 'spec.profile'],
          limit: maxSearched,
        },
        { credentials },
      );
      const found = items.map(userOf).filter((user) => isCalled(user, text.toLowerCase()));
      const users = found.sort(byTitle).slice(0, maxListed);
      // Asked for those listed only: a user may have hundreds.
      const { items: members } = await catalog.getEntitiesByRefs(
        { entityRefs: users.map(({ entityRef }) => entityRef), fields: ['relations'] },
        { credentials },
      );
      return {
        users: users.map((user, index) => ({ ...user, groups: groupsOf(members[index]) })),
        truncated: found.length > maxListed,
      };
    },
  };
}

type Found = Omit<PickableUser, 'groups'>;

function userOf(entity: Entity): Found {
  const { displayName, email } = (entity.spec?.profile ?? {}) as Record<string, unknown>;
  const titles = [displayName, entity.metadata.title, entity.metadata.name];
  return {
    entityRef: stringifyEntityRef(entity),
    title: titles.find((title): title is string => typeof title === 'string' && title !== '') ?? '',
    ...(typeof email === 'string' && { email }),
  };
}

function isCalled({ entityRef, title, email = '' }: Found, wanted: string): boolean {
  // All references begin alike: they count from the name on, unless the text is a part of one itself.
  const name = entityRef.slice(entityRef.indexOf('/') + 1);
  const ref = /[:/]/.test(wanted) ? entityRef : name;
  return [title.toLowerCase(), email.toLowerCase(), ref].some((one) => one.includes(wanted));
}

function groupsOf(entity: Entity | undefined): number {
  return entity?.relations?.filter(({ type }) => type === 'memberOf').length ?? 0;
}

function byTitle(one: Found, other: Found): number {
  return one.title.localeCompare(other.title, 'en', { numeric: true });
}
