/**
 * The same as a module. `deny` gives the operator the reason; the person learns nothing about the account. Without code,
 * `auth.allow.domains` and `auth.signIn.onMissing: ephemeral` in config do much the same.
 */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { DEFAULT_NAMESPACE, stringifyEntityRef } from '@vestibule/catalog-model';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';

export const authModuleWithoutCatalogUsers = createBackendModule({
  pluginId: 'auth',
  moduleId: 'without-catalog-users',
  register({ registerInit }) {
    registerInit({
      deps: { resolvers: signInResolverExtensionPoint },
      async init({ resolvers }) {
        resolvers.add({
          provider: 'google',
          name: 'withoutCatalogUsers',
          resolver: async ({ profile }, ctx) => {
            const [localPart = '', domain] = profile.email?.split('@') ?? [];
            if (domain === undefined) return ctx.pass('ERR_PROFILE_NO_EMAIL');
            if (domain !== 'acme.org') return ctx.deny('the address is not of acme.org');
            return ctx.issueToken({
              claims: {
                sub: stringifyEntityRef({ kind: 'User', name: localPart, namespace: DEFAULT_NAMESPACE }),
              },
            });
          },
        });
      },
    });
  },
});
