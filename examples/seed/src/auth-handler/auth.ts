/** An auth handler: the profile that the person sees, and a say in who may come in. */
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
        authHandler: async ({
          fullProfile, // the vendor's profile, as Passport has it
          idToken, // (optional) its claims have been verified
        }) => {
          // Custom validation code goes here.
          if (!idToken) throw new Error('Google gave no ID token');
          const address = fullProfile.emails?.[0];
          // The address of the profile counts as vouched for, so take it only where Google does.
          if (address?.verified !== true) throw new Error('the address is not verified');
          return {
            profile: {
              email: address.value,
              picture: fullProfile.photos?.[0]?.value,
              displayName: `${fullProfile.displayName} (Google)`,
            },
          };
        },
      }),
    },
  });
}
