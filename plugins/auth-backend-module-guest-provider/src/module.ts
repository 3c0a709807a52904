/** Wiring only. */
import {
  createBackendFeatureLoader,
  createBackendModule,
  createServiceFactory,
} from '@vestibule/backend-plugin-api';
import {
  authProviderServiceRef,
  authProvidersExtensionPoint,
  createProxyProviderFactory,
} from '@vestibule/plugin-auth-node';
import { createGuestProvider, type GuestResult } from './authenticator.ts';
import { guestConfigSchema, type GuestSettings } from './config.ts';
import { guestProfileTransform, guestResolver } from './resolvers.ts';

/** The type of provider behind the id `guest`, for `registerProvider`. @public */
export const guestProviderFactory = createProxyProviderFactory<GuestSettings, GuestResult>({
  title: 'Guest',
  configSchema: guestConfigSchema,
  defaultResolver: guestResolver,
  profileTransform: guestProfileTransform,
  create: createGuestProvider,
});

/** Guests as a service, which other modules can look up. @public */
export const guestProviderServiceFactory = createServiceFactory({
  service: authProviderServiceRef,
  deps: {},
  factory: () => ({ providerId: 'guest', factory: guestProviderFactory }),
});

/** Installs guest sign-in under provider id `guest`. For development. @public */
export const authModuleGuestProvider = createBackendModule({
  pluginId: 'auth',
  moduleId: 'guest-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({ providerId: 'guest', factory: guestProviderFactory });
      },
    });
  },
});

/** What `backend.add(import('…'))` adds: the module, and the provider as a service. @public */
export const guestProviderFeatures = createBackendFeatureLoader({
  loader: () => [authModuleGuestProvider, guestProviderServiceFactory],
});
