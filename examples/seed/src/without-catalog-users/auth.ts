/** Sign-in without users in the catalog: the domain of the address decides who may come in. */
import {
  createAuthRouter,
  DEFAULT_NAMESPACE,
  providers,
  stringifyEntityRef,
  type AuthRouter,
  type AuthRouterEnvironment as PluginEnvironment,
} from '@vestibule/plugin-auth-router';

export default async function createPlugin(env: PluginEnvironment): Promise<AuthRouter> {
  return await createAuthRouter({
    ...env,
    providerFactories: {
      google: providers.google.create({
        signIn: {
          resolver: async ({ profile }, ctx) => {
            if (!profile.email) {
              throw new Error('Login failed, user profile does not contain an email');
            }
            // Split the address into the local part and the domain.
            const [localPart = '', domain] = profile.email.split('@');

            // The catalog no longer says who may come in, so the domain has to.
            if (domain !== 'acme.org') {
              throw new Error(
                `Login failed, this email ${profile.email} does not belong to the expected domain`,
              );
            }

            // The reference in its one form: whole, and in lower case.
            const userEntity = stringifyEntityRef({
              kind: 'User',
              name: localPart,
              namespace: DEFAULT_NAMESPACE,
            });
            return ctx.issueToken({
              claims: {
                sub: userEntity,
                ent: [userEntity],
              },
            });
          },
        },
      }),
    },
  });
}
