/**
 * Who a guest is: the user of the catalog whom they picked; else an identity fixed by config, with what the catalog says
 * about it where it knows it.
 */
import { CodedError } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';
import {
  signInCodes,
  isDisplayName,
  isPictureUrl,
  parseEmail,
  type ProfileInfo,
  type ProfileTransform,
  type SignInResolver,
} from '@vestibule/plugin-auth-node';
import type { GuestResult } from './authenticator.ts';
import type { GuestSettings } from './config.ts';

/**
 * Signs in the picked user, who must be in the catalog: `ERR_USER_NOT_FOUND` stops otherwise, and no further resolver is
 * asked. Where nobody is picked, it signs in the configured user with what they own in the catalog. Where the catalog
 * does not know that one, or gives no answer, they own what the config says: the identity is the same either way, and a
 * demo works without a catalog.
 *
 * Any other error stops, for example an answer with the wrong entity (Backstage's guest goes on then, too).
 *
 * @public
 */
export function guestResolver(settings: GuestSettings): SignInResolver<GuestResult> {
  const { userEntityRef, ownershipEntityRefs = [userEntityRef] } = settings;
  return async ({ result: { pickedUserEntityRef } }, context) => {
    if (pickedUserEntityRef !== undefined) {
      try {
        return await context.signInWithCatalogUser({ entityRef: pickedUserEntityRef });
      } catch (error) {
        throw isNotFound(error) ? pickedNobody(pickedUserEntityRef, error) : error;
      }
    }
    try {
      return await context.signInWithCatalogUser({ entityRef: userEntityRef });
    } catch (error) {
      if (!isNotFound(error) && !isCatalogSilent(error)) throw error;
      return await context.issueToken({ claims: { sub: userEntityRef, ent: ownershipEntityRefs } });
    }
  };
}

/**
 * Gives the picked user the profile that the catalog has of them, as far as it is one: a developer sees what that person
 * would see. Whether there is such a user is left to the resolver.
 *
 * @public
 */
export const guestProfileTransform: ProfileTransform<GuestResult> = async (
  { pickedUserEntityRef },
  { profile, findCatalogUser },
) => {
  if (pickedUserEntityRef === undefined) return { profile };
  try {
    const { entity } = await findCatalogUser({ entityRef: pickedUserEntityRef });
    return { profile: profileOf(entity) };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { profile };
  }
};

/** Members that are no part of a profile are left out, rather than keep a developer from being that person. */
function profileOf({ metadata, spec }: Entity): ProfileInfo {
  const { displayName = metadata.title, email, picture } = (spec?.profile ?? {}) as Record<string, unknown>;
  return {
    ...(isDisplayName(displayName) && { displayName }),
    ...(typeof email === 'string' && parseEmail(email) && { email }),
    ...(isPictureUrl(picture) && { picture }),
  };
}

/** Not by a NotFoundError, which would pass on to resolvers that know nothing of whom the person picked. */
function pickedNobody(entityRef: string, cause: unknown): CodedError {
  return new CodedError('ERR_USER_NOT_FOUND', signInCodes.ERR_USER_NOT_FOUND.sentence, {
    hint: `The picked user ${entityRef} is not in the catalog.`,
    cause,
  });
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}

function isCatalogSilent(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ERR_CATALOG_UNAVAILABLE' || code === 'ERR_CATALOG_REFUSED';
}
