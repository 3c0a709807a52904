/** Profile transforms: who makes what a person sees of themself. */
import type { ProfileInfo } from './profileInfo.ts';
import type { AuthResolverContext, SignInDenial } from '../resolver/signInResolver.ts';

/** What a profile transform can do. @public */
export interface ProfileTransformContext extends Pick<
  AuthResolverContext,
  'findCatalogUser' | 'deny' | 'signal'
> {
  /** The profile so far: the provider's, or what the transform before made of it. */
  profile: ProfileInfo;
}

/**
 * Makes the profile that the person sees out of what the provider gave, at sign-in and at every refresh, before gates and
 * resolvers. With `context.deny(reason)`, or by throwing, it refuses the login.
 *
 * Its `email` counts as vouched for: it is the operator's word. It must be an address, `picture` an http or https URL,
 * and `displayName` a text without control characters, or the login is refused with `ERR_PROFILE_INVALID`.
 *
 * @public
 */
export type ProfileTransform<TResult = unknown> = (
  result: TResult,
  context: ProfileTransformContext,
) => Promise<{ profile: ProfileInfo } | SignInDenial> | { profile: ProfileInfo } | SignInDenial;
