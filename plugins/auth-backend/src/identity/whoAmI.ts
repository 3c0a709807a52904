/** The action `auth:who-am-i`, which Backstage's auth plugin has too: whose credentials an assistant calls with. */
import {
  NotAllowedError,
  NotFoundError,
  type ActionOptions,
  type AuthService,
} from '@vestibule/backend-plugin-api';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import type { AuthUserInfoService } from '@vestibule/plugin-auth-node';

/**
 * Creates the action. It takes nothing and answers `{ entity, userInfo }`: the user's entity, as the catalog shows it to
 * that user, and what `/v1/userinfo` would say.
 *
 * It throws `ERR_PRINCIPAL_NOT_ALLOWED` for services, `ERR_USER_INFO_MISSING` for somebody who never signed in here,
 * `ERR_USER_ENTITY_MISSING` for somebody who is not in the catalog, and what the catalog throws.
 */
export function createWhoAmIAction(options: {
  auth: AuthService;
  catalog: CatalogService;
  userInfo: AuthUserInfoService;
}): ActionOptions {
  const { auth, catalog, userInfo } = options;
  return {
    name: 'who-am-i',
    title: 'Who Am I',
    description:
      'Tells who the signed-in user is: their entity in the software catalog, and the entities through which they own things. Needs the credentials of a user; services are refused.',
    attributes: { destructive: false, idempotent: true, readOnly: true },
    schema: {
      input: (z) => z.object({}),
      output: (z) =>
        z.object({
          entity: z.object({}).passthrough().describe("The user's whole entity in the software catalog"),
          userInfo: z
            .object({
              userEntityRef: z.string().describe('Who the user is, for example user:default/jane'),
              ownershipEntityRefs: z
                .array(z.string())
                .describe('The user and the groups through which they own things'),
            })
            .describe('What sign-in found out about the user'),
        }),
    },
    async action({ credentials }) {
      if (!auth.isPrincipal(credentials, 'user')) {
        throw new NotAllowedError('ERR_PRINCIPAL_NOT_ALLOWED', 'This action requires user credentials');
      }
      const { userEntityRef } = credentials.principal;
      const [entity, claims] = await Promise.all([
        catalog.getEntityByRef(userEntityRef, { credentials }).catch(nobodyWhereUnaskable),
        userInfo.read(userEntityRef),
      ]);
      if (!claims) throw new NotFoundError('ERR_USER_INFO_MISSING', 'User info not found');
      if (!entity) {
        throw new NotFoundError(
          'ERR_USER_ENTITY_MISSING',
          `User entity not found in the catalog for "${userEntityRef}"`,
        );
      }
      return { output: { entity, userInfo: { userEntityRef, ownershipEntityRefs: claims.ent } } };
    },
  };
}

/** A name that no catalog can be asked for, as one with a slash, is nobody's in it. */
function nobodyWhereUnaskable(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_CATALOG_QUERY_UNSAFE')
    return undefined;
  throw error;
}
