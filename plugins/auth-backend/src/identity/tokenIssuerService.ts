/** The default of `tokenIssuerServiceRef`. */
import { clockServiceRef, coreServices, createServiceFactory } from '@vestibule/backend-plugin-api';
import { signingKeysServiceRef, tokenIssuerServiceRef } from '@vestibule/plugin-auth-node';
import { authSettingsServiceRef } from '../settings.ts';
import { tokenLifetimeSeconds } from '../tokenLifetimes.ts';
import { createTokenIssuer } from './tokenIssuer.ts';

/** @see tokenIssuerServiceRef */
export const tokenIssuerServiceFactory = createServiceFactory({
  service: tokenIssuerServiceRef,
  deps: {
    settings: authSettingsServiceRef,
    discovery: coreServices.discovery,
    keys: signingKeysServiceRef,
    clock: clockServiceRef,
  },
  factory: async ({ settings, discovery, keys, clock }) =>
    createTokenIssuer({
      keys,
      issuer: await discovery.getExternalBaseUrl('auth'),
      lifetimeSeconds: tokenLifetimeSeconds(settings.backstageTokenExpiration),
      omitOwnership: settings.omitIdentityTokenOwnershipClaim ?? true,
      clock,
    }),
});
