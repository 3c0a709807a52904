/** The same as a module: a profile transform. What the provider vouches for stands in `context.profile` already. */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { authProfileTransformExtensionPoint, type OAuthResult } from '@vestibule/plugin-auth-node';

export const authModuleAuthHandler = createBackendModule({
  pluginId: 'auth',
  moduleId: 'auth-handler',
  register({ registerInit }) {
    registerInit({
      deps: { transforms: authProfileTransformExtensionPoint },
      async init({ transforms }) {
        transforms.add({
          provider: 'google',
          name: 'authHandler',
          transform: ({ fullProfile }: OAuthResult, { profile, deny }) => {
            if (profile.email === undefined) return deny('the address is not verified');
            return { profile: { ...profile, displayName: `${fullProfile.displayName} (Google)` } };
          },
        });
      },
    });
  },
});
