/** The same as a module, with verdicts: `pass` lets the next resolver answer, an error stops. */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { myEmailValidator } from './myEmailValidator.ts';

export const authModuleCustomGoogleResolver = createBackendModule({
  pluginId: 'auth',
  moduleId: 'custom-google-resolver',
  register({ registerInit }) {
    registerInit({
      deps: { resolvers: signInResolverExtensionPoint },
      async init({ resolvers }) {
        resolvers.add({
          provider: 'google',
          name: 'customGoogleResolver',
          resolver: async ({ profile: { email } }, ctx) => {
            if (!email) return ctx.pass('ERR_PROFILE_NO_EMAIL');
            myEmailValidator(email);
            const [name = ''] = email.split('@');
            return ctx.signInWithCatalogUser({ entityRef: { name } });
          },
        });
      },
    });
  },
});
