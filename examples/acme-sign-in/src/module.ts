/** Wires the resolver as a module of the auth plugin. */
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { AcmeEmployeeResolver } from './acmeEmployeeResolver.ts';

/** Adds the resolver `acmeEmployee` to the provider `oidc`. @public */
export const authModuleAcmeSignIn = createBackendModule({
  pluginId: 'auth',
  moduleId: 'acme-sign-in',
  register({ registerInit }) {
    registerInit({
      // A class is a value like any other: its own dependencies are found through @Inject.
      deps: { resolvers: signInResolverExtensionPoint, acmeEmployee: AcmeEmployeeResolver },
      async init({ resolvers, acmeEmployee }) {
        resolvers.add({ provider: 'oidc', name: 'acmeEmployee', resolver: acmeEmployee });
      },
    });
  },
});
