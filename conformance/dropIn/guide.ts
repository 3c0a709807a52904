// The backend of docs/guides/inside-backstage.md, which quotes it. ../dropInGuide.test.mjs builds and starts it.
import { createBackend } from '@backstage/backend-defaults';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';

const backend = createBackend();

// was: backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@vestibule/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-gitlab-provider'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));

backend.add(
  createBackendModule({
    pluginId: 'auth',
    moduleId: 'acme-sign-in',
    register({ registerInit }) {
      registerInit({
        deps: { resolvers: signInResolverExtensionPoint },
        async init({ resolvers }) {
          resolvers.add({
            provider: 'gitlab',
            name: 'emailAtAcme',
            resolver: async ({ profile }, ctx) => {
              if (!profile.email?.endsWith('@acme.example')) return ctx.deny('not an address of Acme');
              return ctx.signInWithCatalogUser({
                filter: { kind: 'User', 'spec.profile.email': profile.email },
              });
            },
          });
        },
      });
    },
  }),
);

void backend.start();
