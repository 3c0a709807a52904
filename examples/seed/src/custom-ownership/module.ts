/** The same as a module. Ownership as the context resolves it is what `auth.ownership` in config asks for. */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { stringifyEntityRef } from '@vestibule/catalog-model';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';

export const authModuleCustomOwnership = createBackendModule({
  pluginId: 'auth',
  moduleId: 'custom-ownership',
  register({ registerInit }) {
    registerInit({
      deps: { resolvers: signInResolverExtensionPoint },
      async init({ resolvers }) {
        resolvers.add({
          provider: 'google',
          name: 'customOwnership',
          resolver: async ({ profile: { email } }, ctx) => {
            if (!email) return ctx.pass('ERR_PROFILE_NO_EMAIL');
            const { entity } = await ctx.findCatalogUser({ annotations: { 'acme.org/email': email } });
            const { ownershipEntityRefs } = await ctx.resolveOwnershipEntityRefs(entity);
            return ctx.issueToken({
              claims: { sub: stringifyEntityRef(entity), ent: ownershipEntityRefs },
            });
          },
        });
      },
    });
  },
});
