/** What a person sees of themself. */

/** The profile in an `AuthResponse`. Members are absent, never empty. @public */
export interface ProfileInfo {
  /** Present only when the provider vouches for it, or the operator said so for that provider. */
  email?: string;
  displayName?: string;
  /** An http or https URL. */
  picture?: string;
}
