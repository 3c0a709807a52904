/** The guest: whoever asks, while the backend runs in development. There they may also say whom to sign in. */
import { InputError, NotAllowedError } from '@vestibule/backend-plugin-api';
import { isFullEntityRef, parseFullEntityRef, stringifyEntityRef } from '@vestibule/catalog-model';
import { signInCodes, type ProxyProvider, type ProxyProviderOptions } from '@vestibule/plugin-auth-node';
import type { GuestSettings } from './config.ts';

/** What is known about a guest: nothing, or whom they picked. @public */
export interface GuestResult {
  /** Full reference of a user, in lower case, as the request named it; whether the catalog has them is not known yet. */
  pickedUserEntityRef?: string;
}

/**
 * Creates the provider. At each request it throws `ERR_GUEST_NOT_ALLOWED` (403) where guests, or the picking of a user by
 * `user=`, are not allowed, and `ERR_AUTH_PARAMETER_INVALID` (400) where `user` is no full reference of a User.
 *
 * @public
 */
export function createGuestProvider(
  options: ProxyProviderOptions<GuestSettings>,
): ProxyProvider<GuestResult> {
  const { settings, runtimeMode, logger, providerId } = options;
  if (settings.dangerouslyAllowOutsideDevelopment && !runtimeMode.isDevelopment) {
    logger.warn(
      `auth.providers.${providerId}: everybody who reaches this portal can sign in as ${settings.userEntityRef}`,
    );
  }
  const isOpen = runtimeMode.isDevelopment || settings.dangerouslyAllowOutsideDevelopment;
  return {
    admission: isOpen
      ? {
          isOpen,
          says: `everybody is ${settings.userEntityRef}${isPickable(options) ? ', or whom they pick' : ''}`,
        }
      : {
          isOpen,
          says: 'nobody, since guests may sign in in development only',
          nextStep:
            'Configure a provider that knows people; for development, start with NODE_ENV=development and a config that does not say production.',
        },
    async authenticate({ query }) {
      if (!isOpen) {
        throw notAllowed(signInCodes.ERR_GUEST_NOT_ALLOWED.operator);
      }
      // A parameter without a value counts as absent.
      const user = query.get('user') || undefined;
      if (user === undefined) return { result: {}, profile: {} };
      // Outside development this would let everybody in as anybody, so that no key of the config allows it.
      if (!runtimeMode.isDevelopment) throw notAllowed('A user can be picked in development only.');
      if (!settings.pickUser) throw notAllowed(`auth.providers.${providerId}.pickUser is false.`);
      return { result: { pickedUserEntityRef: readUserRef(user) }, profile: {} };
    },
  };
}

function isPickable({ runtimeMode, settings }: ProxyProviderOptions<GuestSettings>): boolean {
  return runtimeMode.isDevelopment && settings.pickUser;
}

function notAllowed(hint: string): NotAllowedError {
  return new NotAllowedError('ERR_GUEST_NOT_ALLOWED', signInCodes.ERR_GUEST_NOT_ALLOWED.sentence, { hint });
}

function readUserRef(user: string): string {
  const ref = isFullEntityRef(user) ? stringifyEntityRef(parseFullEntityRef(user)) : '';
  if (ref.startsWith('user:')) return ref;
  throw new InputError('ERR_AUTH_PARAMETER_INVALID', signInCodes.ERR_AUTH_PARAMETER_INVALID.sentence, {
    hint: "The parameter is 'user'; it must be a full reference of a user, such as 'user:default/jane'.",
  });
}
