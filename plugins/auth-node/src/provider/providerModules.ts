/** Provider modules that there are: what their blocks may hold, and what ids were called earlier. Facts of the packages. */

/** A module for Backstage that can be hosted. @public */
export interface BackstageProvider {
  /** The part of its package's name between `module-` and `-provider`. */
  readonly module: string;
  /** Who publishes it. Default `@backstage`. */
  readonly scope?: '@backstage-community';
  /** A proxy-type provider's block is not divided by environment. */
  readonly isProxyType?: true;
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
  /** Its own resolvers, besides those by e-mail. */
  readonly resolvers?: readonly string[];
  /** Where it lacks the resolvers by e-mail. */
  readonly hasNoEmailResolvers?: true;
  /** Keys that its schema knows and its code never reads, with what to know. */
  readonly unread?: Readonly<Record<string, string>>;
  /** It answers 500 without `auth.session.secret`. */
  readonly needsSessionSecret?: true;
  /** What it leaves to the network. */
  readonly weakness?: string;
}

/** The keys of every OAuth-type block. @public */
export const commonKeys = {
  required: ['clientId', 'clientSecret'],
  optional: ['callbackUrl', 'additionalScopes', 'sessionDuration', 'signIn', 'allow'],
} as const;

/** What every proxy-type block may hold. @public */
export const commonProxyKeys = ['signIn', 'allow', 'type', 'title', 'icon'] as const;

/** Those that most of them have. @public */
export const emailResolvers = [
  'emailMatchingUserEntityProfileEmail',
  'emailLocalPartMatchingUserEntityName',
] as const;

const usernameMatchingUserEntityName = 'usernameMatchingUserEntityName';
const userIdMatchingUserEntityAnnotation = 'userIdMatchingUserEntityAnnotation';
const emailMatchingUserEntityAnnotation = 'emailMatchingUserEntityAnnotation';

/** By the id in the config. @public */
export const backstageProviders: Readonly<Record<string, BackstageProvider>> = {
  atlassian: {
    module: 'atlassian',
    resolvers: [usernameMatchingUserEntityName],
    unread: { audience: 'it is in the schema, and no code reads it' },
  },
  auth0: {
    module: 'auth0',
    required: ['domain'],
    optional: ['audience', 'connection', 'connectionScope', 'prompt', 'organization', 'federatedLogout'],
  },
  awsalb: {
    module: 'aws-alb',
    isProxyType: true,
    required: ['issuer', 'region'],
    optional: ['signer'],
  },
  azureEasyAuth: {
    module: 'azure-easyauth',
    isProxyType: true,
    resolvers: ['idMatchingUserEntityAnnotation'],
    weakness: 'the ID token in the header is decoded and not verified',
  },
  bitbucket: {
    module: 'bitbucket',
    resolvers: [userIdMatchingUserEntityAnnotation, 'usernameMatchingUserEntityAnnotation'],
  },
  bitbucketServer: { module: 'bitbucket-server', required: ['host'] },
  cfaccess: {
    module: 'cloudflare-access',
    isProxyType: true,
    required: ['teamName', 'audience'],
    optional: ['serviceTokens', 'jwtHeaderName', 'authorizationCookieName'],
  },
  gcpIap: {
    module: 'gcp-iap',
    isProxyType: true,
    required: ['audience'],
    optional: ['jwtHeader'],
    resolvers: [emailMatchingUserEntityAnnotation, 'idMatchingUserEntityAnnotation'],
  },
  gitlab: {
    module: 'gitlab',
    optional: ['audience'],
    resolvers: [usernameMatchingUserEntityName, userIdMatchingUserEntityAnnotation],
  },
  keycloak: {
    module: 'keycloak',
    scope: '@backstage-community',
    required: ['baseUrl', 'realm'],
    optional: ['prompt', 'postLogoutRedirectUri'],
    resolvers: [
      'preferredUsernameMatchingUserEntityName',
      'oidcSubClaimMatchingKeycloakUserId',
      'ldapUuidMatchingAnnotation',
    ],
  },
  microsoft: {
    module: 'microsoft',
    required: ['tenantId'],
    optional: ['domainHint', 'skipUserProfile'],
    resolvers: [emailMatchingUserEntityAnnotation, userIdMatchingUserEntityAnnotation],
  },
  oauth2: {
    module: 'oauth2',
    required: ['authorizationUrl', 'tokenUrl'],
    optional: ['includeBasicAuth'],
    resolvers: [usernameMatchingUserEntityName],
    unread: { disableRefresh: 'it is in the schema, and no code reads it: sessions are refreshed' },
  },
  oauth2Proxy: {
    module: 'oauth2-proxy',
    isProxyType: true,
    resolvers: ['forwardedUserMatchingUserEntityName', 'forwardedPreferredUsernameMatchingUserEntityName'],
    weakness: 'the headers of the request are believed, and the token in them is not verified',
  },
  okta: {
    module: 'okta',
    optional: ['audience', 'authServerId', 'idp'],
    resolvers: [emailMatchingUserEntityAnnotation],
  },
  onelogin: { module: 'onelogin', required: ['issuer'], resolvers: [usernameMatchingUserEntityName] },
  openshift: {
    module: 'openshift',
    required: ['authorizationUrl', 'tokenUrl', 'openshiftApiServerUrl'],
    resolvers: ['displayNameMatchingUserEntityName'],
    hasNoEmailResolvers: true,
  },
  pinniped: { module: 'pinniped', required: ['federationDomain'], needsSessionSecret: true },
};

const ownModules = ['github', 'google', 'guest', 'oidc'];

/** Whether a module of ours, of Backstage's or of its community provides the type. @public */
export function isKnownProviderType(type: string): boolean {
  return packageOfProvider(type) !== undefined;
}

/** The package that provides a type, ours first. @public */
export function packageOfProvider(type: string): string | undefined {
  if (ownModules.includes(type)) return `@vestibule/plugin-auth-backend-module-${type}-provider`;
  const hosted = Object.hasOwn(backstageProviders, type) ? backstageProviders[type] : undefined;
  return hosted && `${hosted.scope ?? '@backstage'}/plugin-auth-backend-module-${hosted.module}-provider`;
}

/** The types for which there is a package. @public */
export const knownProviderTypes: readonly string[] = [...ownModules, ...Object.keys(backstageProviders)];

/**
 * What ids are today that were others in earlier Backstage, in its old `auth.ts` files or in the names of packages; letter
 * case and dashes do not count. `null`: there is none any more.
 *
 * @public
 */
export const earlierIds: Readonly<Record<string, string | null>> = {
  aad: 'microsoft',
  alb: 'awsalb',
  azure: 'microsoft',
  azuread: 'microsoft',
  cloudflareaccess: 'cfaccess',
  easyauth: 'azureEasyAuth',
  entra: 'microsoft',
  entraid: 'microsoft',
  githubenterprise: 'github',
  googleiap: 'gcpIap',
  iap: 'gcpIap',
  openid: 'oidc',
  openidconnect: 'oidc',
  saml: null,
};
