/**
 * The resolvers by a claim that config names: what the verified ID token or userinfo says of somebody, such as `oid`, an LDAP
 * UUID or `preferred_username`.
 *
 * Only `sub` is unique and never given to somebody else (OpenID Connect Core 1.0 section 5.7). Which other claims a person
 * can change, the provider says: by the ones that are known for it, every start warns.
 */
import { isValidEntityName } from '@vestibule/catalog-model';
import { z } from 'zod';
import { annotationMessage, annotationPattern } from './annotationName.ts';
import { fallbackOptions, fallbackTo, warnOfMissingCatalogUsers } from './catalogFallback.ts';
import { signInByExactAnnotationOr, warnOfMissingAnnotatedUsers } from './exactAnnotationResolver.ts';
import type { SignInInfo } from './signInResolver.ts';
import { createSignInResolverFactory } from './signInResolverFactory.ts';

/** An address counts only where the provider vouches for it, which the resolvers by e-mail see to. */
const ofAddresses = [
  'email',
  'emails',
  'email_verified',
  'verified_primary_email',
  'verified_secondary_email',
];
/** What many people have in common, or what is another one at each login. */
const ofNobody = `
  iss aud azp exp iat nbf jti nonce auth_time acr amr at_hash c_hash s_hash sid typ tid hd scope scp client_id ver
  locale zoneinfo updated_at groups roles phone_number_verified
`
  .trim()
  .split(/\s+/);
/** People change these themselves at many providers, or take them over from somebody who left. */
const ofTheirOwn = `
  preferred_username upn unique_name name given_name family_name middle_name nickname phone_number profile website login
  username
`
  .trim()
  .split(/\s+/);

/** The option that names a claim. */
export const claimSchema = z
  .string()
  .min(1)
  .refine((name) => !ofAddresses.includes(name), {
    error:
      'must not be an e-mail address: use emailMatchingUserEntityProfileEmail, which sees that it is verified',
  })
  .refine((name) => !ofNobody.includes(name), {
    error: 'must be a claim that tells one person from another',
  });

/** Options of `claimMatchingUserEntityName`. @public */
export interface ClaimNameOptions {
  claim: string;
  /** Signs in as `user:default/<name>` who is not in the catalog. Default: false. */
  dangerouslyAllowSignInWithoutUserInCatalog?: boolean | undefined;
}

/** Options of `claimMatchingUserEntityAnnotation`. @public */
export interface ClaimAnnotationOptions extends ClaimNameOptions {
  /** The annotation's name, for example `acme.example/employee`. */
  annotation: string;
}

const nameOptions: z.ZodType<ClaimNameOptions> = z.strictObject({ claim: claimSchema, ...fallbackOptions });
const annotationOptions: z.ZodType<ClaimAnnotationOptions> = z.strictObject({
  claim: claimSchema,
  annotation: z.string().regex(annotationPattern, annotationMessage),
  ...fallbackOptions,
});

/** The user who is called as the claim says. Names are compared in lower case; a claim that is no entity name passes. */
export const claimMatchingUserEntityName = createSignInResolverFactory({
  optionsSchema: nameOptions,
  looksUp: () => 'metadata.name',
  claimOf: (options) => options.claim,
  startWarning: (options) => warningOf(options.claim, warnOfMissingCatalogUsers(options)),
  create: (options) => async (info, context) => {
    const name = valueOf(info, options.claim);
    if (name === undefined) return context.pass(missing(options.claim));
    if (!isValidEntityName(name))
      return context.pass(`the claim '${options.claim}' cannot be the name of an entity`);
    return context.signInWithCatalogUser({ entityRef: { name } }, fallbackTo(name, options));
  },
});

/** The user whose annotation is what the claim says, byte for byte. */
export const claimMatchingUserEntityAnnotation = createSignInResolverFactory({
  optionsSchema: annotationOptions,
  looksUp: (options) => `annotation ${options.annotation}`,
  claimOf: (options) => options.claim,
  startWarning: (options) =>
    warningOf(options.claim, warnOfMissingAnnotatedUsers(`claim '${options.claim}'`, options)),
  create: (options) => async (info, context) => {
    const value = valueOf(info, options.claim);
    if (value === undefined) return context.pass(missing(options.claim));
    return signInByExactAnnotationOr(context, { annotation: options.annotation, value }, options);
  },
});

/** A text, or a whole number as text; nothing else is compared. */
function valueOf({ claims }: SignInInfo, claim: string): string | undefined {
  const value: unknown = claims && Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function missing(claim: string): string {
  return `the login has no claim '${claim}' that is a text`;
}

function warningOf(claim: string, ...others: (string | undefined)[]): string | undefined {
  const own = ofTheirOwn.includes(claim)
    ? `at many providers people can change their claim '${claim}', and then sign in as somebody else; ` +
      'make sure that yours lets nobody, or use subjectMatchingUserEntityAnnotation'
    : undefined;
  const warnings = [own, ...others].filter((one) => one !== undefined);
  return warnings.length > 0 ? warnings.join('; ') : undefined;
}
