/** Wiring only. */
import { createAuthProviderFeature, createProxyProviderFactory } from '@vestibule/plugin-auth-node';
import { createGuestProvider, type GuestResult } from './authenticator.ts';
import { guestConfigSchema, type GuestSettings } from './config.ts';
import { guestFromBackstage } from './fromBackstage.ts';
import { guestProfileTransform, guestResolver } from './resolvers.ts';

/** The type of provider behind the id `guest`, for `registerProvider`. @public */
export const guestProviderFactory = createProxyProviderFactory<GuestSettings, GuestResult>({
  title: 'Guest',
  icon: 'person',
  fromBackstage: guestFromBackstage,
  configSchema: guestConfigSchema,
  defaultResolver: guestResolver,
  profileTransform: guestProfileTransform,
  create: createGuestProvider,
});

/** Installs guest sign-in under provider id `guest`. For development. @public */
export const authModuleGuestProvider = createAuthProviderFeature({
  providerId: 'guest',
  factory: guestProviderFactory,
});
