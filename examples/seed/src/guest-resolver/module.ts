/** The same as a module of the auth plugin, beside the provider's own. Never in production. */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';

export const authModuleGuestResolver = createBackendModule({
  pluginId: 'auth',
  moduleId: 'guest-resolver',
  register({ registerInit }) {
    registerInit({
      deps: { resolvers: signInResolverExtensionPoint },
      async init({ resolvers }) {
        resolvers.add({
          provider: 'github',
          name: 'guestResolver',
          resolver: (_info, ctx) => ctx.issueToken({ claims: { sub: 'user:default/guest' } }),
        });
      },
    });
  },
});
