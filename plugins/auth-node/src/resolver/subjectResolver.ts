/** The resolver by the one thing that never changes about a login: who the provider says it is, its subject. */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { annotationMessage, annotationPattern } from './annotationName.ts';
import { signInByExactAnnotation } from './exactAnnotationResolver.ts';
import { createSignInResolverFactory } from './signInResolverFactory.ts';

/** Options of `subjectMatchingUserEntityAnnotation`. @public */
export interface SubjectResolverOptions {
  /**
   * The annotation's name. Default: `<host name of the issuer>/sub`, for example `accounts.google.com/sub`. Issuers that
   * share a host name (the realms of one Keycloak) would share it too: give each provider one of its own then, since a
   * subject is unique within its issuer only.
   */
  annotation?: string | undefined;
}

const optionsSchema: z.ZodType<SubjectResolverOptions> = z.strictObject({
  annotation: z.string().regex(annotationPattern, annotationMessage).optional(),
});

/**
 * The user whose annotation is the subject of the login, byte for byte. It survives changes of the address and of the
 * name, and an address that is given to somebody else (OpenID Connect Core 1.0 section 5.7 recommends it for both).
 *
 * A login without a subject passes: proxies and hosted modules tell none. So does one whose issuer has no host name,
 * unless `annotation` is given.
 */
export const subjectMatchingUserEntityAnnotation = createSignInResolverFactory({
  optionsSchema,
  looksUp: ({ annotation = '<issuer>/sub' }) => `annotation ${annotation}`,
  create: (options) => async (info, context) => {
    const { subject, issuer } = info;
    if (subject === undefined || subject === '') return context.pass('the provider names no subject');
    const annotation = options.annotation ?? annotationOf(issuer);
    if (annotation === undefined) return context.pass('the issuer of the login has no host name');
    return signInByExactAnnotation(context, { annotation, value: subject });
  },
});

function annotationOf(issuer: string | undefined): string | undefined {
  const annotation = `${parseUrl(issuer ?? '')?.hostname ?? ''}/sub`;
  return annotationPattern.test(annotation) ? annotation : undefined;
}
