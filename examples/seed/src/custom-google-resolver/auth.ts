/** A resolver of your own for Google. */
import {
  createAuthRouter,
  defaultAuthProviderFactories,
  providers,
  type AuthRouter,
  type AuthRouterEnvironment as PluginEnvironment,
} from '@vestibule/plugin-auth-router';
import { myEmailValidator } from './myEmailValidator.ts';

export default async function createPlugin(env: PluginEnvironment): Promise<AuthRouter> {
  return await createAuthRouter({
    ...env,
    providerFactories: {
      ...defaultAuthProviderFactories,
      google: providers.google.create({
        signIn: {
          resolver: async (info, ctx) => {
            const {
              profile: { email },
            } = info;
            // A profile need not have an address: Google may not vouch for it. `info.result` has the vendor's profile
            // (`fullProfile`) and the tokens (`session`), for look-ups elsewhere.
            if (!email) {
              throw new Error('User profile contained no email');
            }

            // Throwing refuses the login.
            myEmailValidator(email);

            // The local part is the name of the user.
            const [name = ''] = email.split('@');

            // Finds the user in the catalog, resolves what they own, and issues the token.
            return ctx.signInWithCatalogUser({
              entityRef: { name },
            });
          },
        },
      }),
    },
  });
}
