/** Brings this project's resolvers to the auth plugin; the config names them where they are used. */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { companyAddress } from './companyAddress.ts';

export default createBackendModule({
  pluginId: 'auth',
  moduleId: 'company-sign-in',
  register({ registerInit }) {
    registerInit({
      deps: { resolvers: signInResolverExtensionPoint },
      init({ resolvers }) {
        resolvers.add({ provider: '*', name: 'companyAddress', resolver: companyAddress });
      },
    });
  },
});
