/** What the default backend holds, for tools that tell of it. */
import { githubProviderFactory } from '@vestibule/plugin-auth-backend-module-github-provider';
import { googleProviderFactory } from '@vestibule/plugin-auth-backend-module-google-provider';
import { guestProviderFactory } from '@vestibule/plugin-auth-backend-module-guest-provider';
import { oidcProviderFactory } from '@vestibule/plugin-auth-backend-module-oidc-provider';
import type { AuthProvider } from '@vestibule/plugin-auth-node';

/** The providers that it installs, as `registerProvider` takes them. @public */
export const defaultProviders: readonly AuthProvider[] = [
  { providerId: 'github', factory: githubProviderFactory },
  { providerId: 'google', factory: googleProviderFactory },
  { providerId: 'guest', factory: guestProviderFactory },
  { providerId: 'oidc', factory: oidcProviderFactory },
];
