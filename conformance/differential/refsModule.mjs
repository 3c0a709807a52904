// A provider module as somebody writes one for Backstage, whose resolver issues the references that the request names: what
// a reference becomes in a token is then a matter of the host. Runs on either.
import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  authProvidersExtensionPoint,
  createProxyAuthProviderFactory,
  createProxyAuthenticator,
} from '@backstage/plugin-auth-node';

const authenticator = createProxyAuthenticator({
  defaultProfileTransform: async () => ({ profile: {} }),
  initialize() {},
  async authenticate({ req }) {
    return { result: JSON.parse(decodeURIComponent(req.headers['x-claims'])) };
  },
});

export default createBackendModule({
  pluginId: 'auth',
  moduleId: 'refs-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({
          providerId: 'refs',
          factory: createProxyAuthProviderFactory({
            authenticator,
            signInResolver: async ({ result: claims }, ctx) => ctx.issueToken({ claims }),
          }),
        });
      },
    });
  },
});
