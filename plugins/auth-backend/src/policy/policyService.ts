/** The service `vestibule.auth.policy`: what becomes of a login, by the config and by what modules say. */
import { coreServices, createServiceFactory, createServiceRef } from '@vestibule/backend-plugin-api';
import { tokenIssuerServiceRef, type AuthOwnershipResolver } from '@vestibule/plugin-auth-node';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { authSettingsServiceRef } from '../settings.ts';
import { createCatalogUsers } from './catalogUsers.ts';
import { createSignInEvaluator } from './evaluateSignIn.ts';
import { createOwnership } from './ownership.ts';
import { createResolverContexts, type ResolverContexts } from './resolverContext.ts';
import type { SignInEvaluator } from './signInPolicy.ts';

/** Evaluates logins. */
export interface Policy {
  readonly evaluator: SignInEvaluator;
  /** For the resolvers of Backstage modules; the evaluator has its own. */
  readonly contexts: ResolverContexts;
  /** Has a module say what people own, instead of the config. */
  resolveOwnershipBy(resolver: AuthOwnershipResolver | undefined): void;
}

/** Within sign-in. */
export const policyServiceRef = createServiceRef<Policy>({
  id: 'vestibule.auth.policy',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {
        settings: authSettingsServiceRef,
        tokens: tokenIssuerServiceRef,
        catalog: catalogServiceRef,
        auth: coreServices.auth,
        logger: coreServices.logger,
      },
      factory({ settings: { auth: settings }, tokens, catalog, auth, logger }) {
        let resolver: AuthOwnershipResolver | undefined;
        const users = createCatalogUsers({ catalog, auth });
        const ownership = createOwnership({
          settings: settings.ownership,
          catalog,
          auth,
          resolver: () => resolver,
        });
        const contexts = createResolverContexts({ tokens, users, ownership, logger });
        return {
          evaluator: createSignInEvaluator({ contexts, users, signIn: settings.signIn }),
          contexts,
          resolveOwnershipBy: (given) => void (resolver = given),
        };
      },
    }),
});
