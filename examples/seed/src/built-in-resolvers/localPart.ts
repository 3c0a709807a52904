/** A built-in resolver: the user whose name stands before the @ of the address. */
import {
  createAuthRouter,
  providers,
  type AuthRouter,
  type AuthRouterEnvironment as PluginEnvironment,
} from '@vestibule/plugin-auth-router';

export default async function createPlugin(env: PluginEnvironment): Promise<AuthRouter> {
  return await createAuthRouter({
    ...env,
    providerFactories: {
      google: providers.google.create({
        signIn: {
          // Without allowedDomains whoever has an address at any domain chooses a name; each start would warn of it.
          resolver: providers.google.resolvers.emailLocalPartMatchingUserEntityName({
            allowedDomains: ['example.com'],
          }),
        },
      }),
    },
  });
}
