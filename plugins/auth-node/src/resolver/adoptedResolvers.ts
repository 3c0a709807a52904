/**
 * The names of resolvers that other distributions of Backstage have in their configs, where one of ours does the same: Red
 * Hat Developer Hub's, and those of the community's Keycloak module. Each says at start what it is read as.
 */
import { z } from 'zod';
import { fallbackOptions } from './catalogFallback.ts';
import {
  claimMatchingUserEntityAnnotation,
  claimMatchingUserEntityName,
  claimSchema,
} from './claimResolvers.ts';
import { createSignInResolverFactory, type SignInResolverFactory } from './signInResolverFactory.ts';

const ownOptions = z.strictObject(fallbackOptions);
const ldapOptions = z.strictObject({ ldapUuidKey: claimSchema.optional(), ...fallbackOptions });

const ldapUuid = adopted(
  'claimMatchingUserEntityAnnotation',
  claimMatchingUserEntityAnnotation,
  ldapOptions,
  (options) => {
    const { ldapUuidKey = 'ldap_uuid', ...rest } = options;
    return { claim: ldapUuidKey, annotation: 'backstage.io/ldap-uuid', ...rest };
  },
);

/** By their names in config; for any provider that tells claims. @public */
export const adoptedSignInResolvers = {
  preferredUsernameMatchingUserEntityName: adopted(
    'claimMatchingUserEntityName',
    claimMatchingUserEntityName,
    ownOptions,
    (options) => ({ claim: 'preferred_username', ...options }),
  ),
  oidcSubClaimMatchingKeycloakUserId: bySubject('keycloak.org/id'),
  oidcSubClaimMatchingPingIdentityUserId: bySubject('pingidentity.org/id'),
  oidcLdapUuidMatchingAnnotation: ldapUuid,
  ldapUuidMatchingAnnotation: ldapUuid,
} as const;

function bySubject(annotation: string): SignInResolverFactory {
  return adopted(
    'claimMatchingUserEntityAnnotation',
    claimMatchingUserEntityAnnotation,
    ownOptions,
    (options) => ({
      claim: 'sub',
      annotation,
      ...options,
    }),
  );
}

function adopted<TOptions extends object>(
  name: string,
  resolver: SignInResolverFactory,
  optionsSchema: z.ZodType<TOptions>,
  translated: (options: TOptions) => Record<string, unknown> & { claim: string },
): SignInResolverFactory {
  return createSignInResolverFactory({
    optionsSchema,
    claimOf: (options) => translated(options).claim,
    looksUp: (options) => resolver.looksUp?.(translated(options)) ?? '',
    startWarning: (options) => {
      const given = translated(options);
      const listed = Object.entries(given).map(([key, value]) => `${key}: ${String(value)}`);
      const warning = resolver.startWarning?.(given);
      return `is read as ${name} { ${listed.join(', ')} }${warning === undefined ? '' : `; ${warning}`}`;
    },
    create: (options) => resolver(translated(options)),
  });
}

/**
 * What takes the place of a name that another provider or distribution has, and that cannot be read as one of ours without
 * a decision of the operator's. A sentence, by the name.
 *
 * @public
 */
export const insteadOfResolver: ReadonlyMap<string, string> = new Map([
  ...['usernameMatchingUserEntityName', 'userNameMatchingUserEntityName'].map(
    (name) =>
      [
        name,
        'Use claimMatchingUserEntityName { claim: preferred_username }, or the claim that holds the name.',
      ] as const,
  ),
  ...['userIdMatchingUserEntityAnnotation', 'idMatchingUserEntityAnnotation'].map(
    (name) =>
      [
        name,
        'Use claimMatchingUserEntityAnnotation with the claim and the annotation that hold the id, as at Microsoft ' +
          '{ claim: oid, annotation: graph.microsoft.com/user-id }.',
      ] as const,
  ),
  [
    'usernameMatchingUserEntityAnnotation',
    'Use claimMatchingUserEntityAnnotation with the claim and the annotation that hold the name.',
  ],
  [
    'emailMatchingUserEntityAnnotation',
    'Use emailMatchingUserEntityProfileEmail, or subjectMatchingUserEntityAnnotation.',
  ],
  [
    'oidcSubClaimMatchingIdPUserId',
    'Use oidcSubClaimMatchingKeycloakUserId, oidcSubClaimMatchingPingIdentityUserId, or subjectMatchingUserEntityAnnotation with the annotation.',
  ],
  [
    'oauth2TokenClaimResolver',
    'Use claimMatchingUserEntityName or claimMatchingUserEntityAnnotation with the claim.',
  ],
  ...['oauth2ProxyUserHeaderMatchingUserEntityName', 'forwardedUserMatchingUserEntityName'].map(
    (name) =>
      [
        name,
        "It reads a header of a proxy: host Backstage's module for oauth2Proxy, or write a resolver.",
      ] as const,
  ),
]);
