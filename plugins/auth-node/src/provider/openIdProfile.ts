/** From the standard claims of OpenID Connect Core 1.0 section 5.1 to a profile. */
import { parseEmail } from './email.ts';
import { trustedCauses, unverifiedCauseOf, type UnverifiedEmailCause } from './emailVerification.ts';
import type { ProviderGrant } from './oauthProvider.ts';
import type { ProfileInfo } from './profileInfo.ts';
import { isDisplayName, isPictureUrl } from './profileForm.ts';

/** The claims that make a profile; all of them unchecked. @public */
export interface OpenIdProfileClaims {
  email?: unknown;
  email_verified?: unknown;
  name?: unknown;
  picture?: unknown;
}

/**
 * The profile that a document of the provider gives. Everything in it has been checked for its type and form; what fails
 * is left out.
 *
 * @param claims - One document. Claims of several must not be mixed: `email_verified` speaks of the address beside it.
 * @param options - `trustUnverifiedEmail`: what the operator trusts, see {@link trustUnverifiedEmailSchema}.
 * @returns The profile, and why it has no e-mail where the document names one.
 * @public
 */
export function openIdProfile(
  claims: OpenIdProfileClaims,
  options: { trustUnverifiedEmail?: boolean | readonly UnverifiedEmailCause[] } = {},
): Pick<ProviderGrant, 'profile' | 'emailOmitted' | 'emailNotVerified'> {
  const profile: ProfileInfo = {};
  const displayName = nameOf(claims.name);
  if (displayName !== undefined) profile.displayName = displayName;
  if (isPictureUrl(claims.picture)) profile.picture = claims.picture;
  if (claims.email === undefined || claims.email === null || claims.email === '') return { profile };
  const cause = unverifiedCauseOf(claims.email_verified);
  if (cause !== undefined && !trustedCauses(options.trustUnverifiedEmail ?? false).includes(cause)) {
    return { profile, emailOmitted: 'ERR_EMAIL_NOT_VERIFIED', emailNotVerified: cause };
  }
  const email = parseEmail(claims.email);
  if (!email) return { profile, emailOmitted: 'ERR_PROFILE_EMAIL_INVALID' };
  return { profile: { email: email.address, ...profile } };
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Control characters and direction overrides can make a name look like something else in a log or on a page.
  const name = value.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '').trim();
  return isDisplayName(name) ? name : undefined;
}
