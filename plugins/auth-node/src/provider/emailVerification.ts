/**
 * Why an address does not count: the document beside it does not say `email_verified: true` (OpenID Connect Core 1.0
 * section 5.1). Three causes with three cures, and the operator says which of them are trusted.
 */
import { z } from 'zod';

/**
 * `false`: the provider says that the address is not verified, or anything else that is not true. `absent`: it does not
 * say. `text`: it says `"true"`, a text instead of the boolean.
 *
 * @public
 */
export type UnverifiedEmailCause = 'false' | 'absent' | 'text';

/** What to tell of each cause. @public */
export const unverifiedEmailCauses = {
  false: {
    sentence:
      'Your e-mail address is not verified at the sign-in provider. Verify it there, then sign in again.',
    operator:
      'The provider says email_verified: false beside the address. The person verifies it there; to count it all the same is dangerous, and takes dangerouslyTrustUnverifiedEmail with false in its list.',
  },
  absent: {
    sentence:
      'The sign-in provider does not say whether your e-mail address is verified. Ask whoever runs this portal.',
    operator:
      'The document with the address says nothing of email_verified. Have the provider add the claim; where it gives the addresses out itself, set dangerouslyTrustUnverifiedEmail: [absent].',
  },
  text: {
    sentence:
      'The sign-in provider does not say in the agreed form that your e-mail address is verified. Ask whoever runs this portal.',
    operator:
      'The provider says email_verified as the text "true", not as the boolean. Have it give the boolean, or set dangerouslyTrustUnverifiedEmail: [text].',
  },
} as const satisfies Record<UnverifiedEmailCause, { sentence: string; operator: string }>;

/** What `true` stands for: never an explicit no. */
const trustedByDefault: readonly UnverifiedEmailCause[] = ['absent', 'text'];

/**
 * The key `dangerouslyTrustUnverifiedEmail`: `false` (default) trusts none of them, `true` is `[absent, text]`, and a list
 * says which, in these words and no others.
 *
 * @public
 */
export const trustUnverifiedEmailSchema: z.ZodType<
  readonly UnverifiedEmailCause[],
  boolean | (UnverifiedEmailCause | false)[] | undefined
> = z
  .union([z.boolean(), z.array(z.union([z.literal(false), z.enum(['false', 'absent', 'text'])]))])
  .default(false)
  .transform((given) => trustedCauses(given));

/** The causes that a value of the key `dangerouslyTrustUnverifiedEmail` trusts. @public */
export function trustedCauses(
  given: boolean | readonly (UnverifiedEmailCause | false)[],
): readonly UnverifiedEmailCause[] {
  if (typeof given === 'boolean') return given ? trustedByDefault : [];
  // In YAML, false without quotes is a boolean.
  return [...new Set(given.map((cause) => (cause === false ? 'false' : cause)))];
}

/** Why an address is not verified; `undefined` for one that is. @public */
export function unverifiedCauseOf(emailVerified: unknown): UnverifiedEmailCause | undefined {
  if (emailVerified === true) return undefined;
  if (emailVerified === undefined || emailVerified === null || emailVerified === '') return 'absent';
  return typeof emailVerified === 'string' && /^true$/i.test(emailVerified.trim()) ? 'text' : 'false';
}

/** A warning for the start of a provider that trusts some of them; `undefined` for none. @public */
export function trustWarning(trusted: readonly UnverifiedEmailCause[]): string | undefined {
  if (trusted.length === 0) return undefined;
  const words = {
    absent: 'does not say whether it is verified',
    text: 'says it as a text',
    false: 'says that it is NOT verified',
  } satisfies Record<UnverifiedEmailCause, string>;
  const told = trusted.map((cause) => words[cause]).join(', or ');
  const never = trusted.includes('false') ? '' : '; one that it says is not verified never counts';
  return `an e-mail address counts although the provider ${told}${never} (dangerouslyTrustUnverifiedEmail)`;
}
