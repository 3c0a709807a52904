/** The guest: whoever asks, while the backend runs in development. */
import { NotAllowedError } from '@vestibule/backend-plugin-api';
import { decisionCodes, type ProxyProvider, type ProxyProviderOptions } from '@vestibule/plugin-auth-node';
import type { GuestSettings } from './config.ts';

/** Nothing is known about a guest. @public */
export type GuestResult = Record<string, never>;

/** Creates the provider. It throws `ERR_GUEST_NOT_ALLOWED` (403) at each request where guests are not allowed. @public */
export function createGuestProvider(
  options: ProxyProviderOptions<GuestSettings>,
): ProxyProvider<GuestResult> {
  const { settings, runtimeMode, logger, providerId } = options;
  if (settings.dangerouslyAllowOutsideDevelopment && !runtimeMode.isDevelopment) {
    logger.warn(
      `auth.providers.${providerId}: everybody who reaches this portal can sign in as ${settings.userEntityRef}`,
    );
  }
  return {
    async authenticate() {
      if (!runtimeMode.isDevelopment && !settings.dangerouslyAllowOutsideDevelopment) {
        throw new NotAllowedError('ERR_GUEST_NOT_ALLOWED', decisionCodes.ERR_GUEST_NOT_ALLOWED.sentence, {
          hint: decisionCodes.ERR_GUEST_NOT_ALLOWED.operator,
        });
      }
      return { result: {}, profile: {} };
    },
  };
}
