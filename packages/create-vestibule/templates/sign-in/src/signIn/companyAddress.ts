/** Who becomes whom: the person in the catalog that has the address of the login, if it is an address of the company. */
import { createSignInResolverFactory } from '@vestibule/plugin-auth-node';
import { z } from 'zod';

/** `domain` stands beside the name of the resolver in the config. */
export const companyAddress = createSignInResolverFactory({
  optionsSchema: z.strictObject({ domain: z.string() }),
  create:
    ({ domain }) =>
    async ({ profile }, ctx) => {
      // An address is there only if the provider vouches for it. The next resolver in the config is asked, if there is one.
      if (profile.email === undefined) return ctx.pass('ERR_PROFILE_NO_EMAIL');
      if (!profile.email.toLowerCase().endsWith(`@${domain}`)) {
        return ctx.deny(`the address is not one of ${domain}`);
      }
      return ctx.signInWithCatalogUser({ filter: { 'spec.profile.email': profile.email } });
    },
});
