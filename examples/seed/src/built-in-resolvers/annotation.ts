/** Another built-in resolver: the user whose annotation `google.com/email` is the address. */
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
          resolver: providers.google.resolvers.emailMatchingUserEntityAnnotation(),
        },
      }),
    },
  });
}
