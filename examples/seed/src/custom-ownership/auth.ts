/** Ownership and the token by hand: a plain function as the resolver of the default Google provider. */
import {
  createAuthRouter,
  getDefaultOwnershipEntityRefs,
  stringifyEntityRef,
  type AuthRouter,
  type AuthRouterEnvironment as PluginEnvironment,
} from '@vestibule/plugin-auth-router';

export default async function createPlugin(env: PluginEnvironment): Promise<AuthRouter> {
  return await createAuthRouter({
    ...env,
    providerFactories: {
      google: async ({ profile: { email } }, ctx) => {
        if (!email) {
          throw new Error('User profile contained no email');
        }

        // This step asks the catalog for a user. It could ask another system instead.
        const { entity } = await ctx.findCatalogUser({
          annotations: {
            'acme.org/email': email,
          },
        });

        // The user and the groups of their direct `memberOf` relations. Here you could leave some out, or add those
        // above them; `auth.ownership` in config does both for all resolvers that leave it to the context.
        const ownershipRefs = getDefaultOwnershipEntityRefs(entity);

        return ctx.issueToken({
          claims: {
            sub: stringifyEntityRef(entity),
            ent: ownershipRefs,
          },
        });
      },
    },
  });
}
