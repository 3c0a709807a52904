/**
 * The closed list of codes with which a sign-in, a refresh or a sign-out can be refused.
 *
 * `name` is what Backstage's clients see as `error.name`, `sentence` is for the person, `operator` is what whoever runs
 * the portal would do. A sentence never tells whether an account exists, other than to whoever proved to own it.
 */

/** One way to be refused. @public */
export interface SignInCode {
  readonly name:
    | 'InputError'
    | 'AuthenticationError'
    | 'NotAllowedError'
    | 'NotFoundError'
    | 'ConflictError'
    | 'ServiceUnavailableError'
    | 'Error';
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 500 | 503;
  readonly sentence: string;
  readonly operator: string;
}

/** The closed list. @public */
export const signInCodes = closedList({
  // The request.
  ERR_AUTH_PARAMETER_REPEATED: {
    name: 'InputError',
    status: 400,
    sentence: 'The address is malformed: a parameter stands in it twice.',
    operator: 'No client of ours repeats a parameter; look at what built the address.',
  },
  ERR_AUTH_PARAMETER_INVALID: {
    name: 'InputError',
    status: 400,
    sentence: 'The address is malformed: a parameter has a value that cannot be.',
    operator: 'Look at what built the address; the log names the parameter.',
  },
  ERR_AUTH_METHOD_NOT_ALLOWED: {
    name: 'NotAllowedError',
    status: 405,
    sentence: 'This address does not answer to that method.',
    operator: 'A HEAD request would spend a sign-in attempt, so it is refused; use GET.',
  },
  ERR_AUTH_ENV_MISSING: {
    name: 'InputError',
    status: 400,
    sentence: "Must specify 'env' query to select environment",
    operator: "Front ends take it from 'auth.environment'.",
  },
  ERR_AUTH_ENV_UNKNOWN: {
    name: 'NotFoundError',
    status: 404,
    sentence: 'No configuration available for this environment of this provider.',
    operator: "Add the environment under 'auth.providers.<id>', or correct 'auth.environment'.",
  },
  ERR_AUTH_PROVIDER_UNKNOWN: {
    name: 'NotFoundError',
    status: 404,
    sentence: 'There is no such sign-in provider.',
    operator: 'Install the module of the provider with backend.add(…).',
  },
  ERR_AUTH_PROVIDER_NOT_CONFIGURED: {
    name: 'NotFoundError',
    status: 404,
    sentence: 'This sign-in provider is not configured.',
    operator: "Add its block under 'auth.providers'.",
  },
  ERR_AUTH_PROVIDER_DISABLED: {
    name: 'NotFoundError',
    status: 404,
    sentence: 'This sign-in provider is switched off because its configuration has a fault.',
    operator: 'The fault was printed at start, with file and line.',
  },
  ERR_AUTH_ORIGIN_INVALID: {
    name: 'InputError',
    status: 400,
    sentence: 'App origin is invalid, failed to parse',
    operator: 'The origin parameter is not an http or https URL.',
  },
  ERR_AUTH_ORIGIN_NOT_ALLOWED: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'This page may not use the sign-in of this portal.',
    operator:
      "Set 'app.baseUrl' to the address of the page, or list its origin under 'auth.experimentalExtraAllowedOrigins'.",
  },
  ERR_AUTH_REDIRECT_URL_MISSING: {
    name: 'InputError',
    status: 400,
    sentence: 'No redirectUrl provided in request query parameters',
    operator: "With flow=redirect, 'redirectUrl' says where to go afterwards.",
  },
  ERR_AUTH_REDIRECT_URL_INVALID: {
    name: 'InputError',
    status: 400,
    sentence: 'The address to return to is not valid.',
    operator:
      "'redirectUrl' must be an http or https URL of at most 1500 bytes, without user name and password.",
  },
  ERR_AUTH_REDIRECT_URL_NOT_ALLOWED: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'The address to return to does not belong to this portal.',
    operator:
      "Its origin is neither that of 'app.baseUrl' nor listed under 'auth.experimentalExtraAllowedOrigins'.",
  },
  ERR_AUTH_SCOPE_INVALID: {
    name: 'InputError',
    status: 400,
    sentence: 'The scopes asked for are malformed.',
    operator: 'Scopes are printable ASCII without quotes and backslashes (RFC 6749 section 3.3).',
  },

  // The attempt.
  ERR_AUTH_STATE_MISSING: {
    name: 'InputError',
    status: 400,
    sentence: 'This is not the end of a sign-in that began here.',
    operator: "The provider came back without 'state', or somebody opened the callback address by hand.",
  },
  ERR_AUTH_STATE_MISMATCH: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'This sign-in did not begin in this browser, or its cookie is gone. Please sign in again.',
    operator:
      'The cookie of the attempt is missing or does not fit: cookies are blocked, another browser began the attempt, or replicas do not share auth.session.secret or a database.',
  },
  ERR_AUTH_ATTEMPT_EXPIRED: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'This sign-in took too long. Please sign in again.',
    operator: 'An attempt lives 10 minutes.',
  },
  ERR_AUTH_ATTEMPT_REPLAYED: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'This sign-in was already completed. Please sign in again.',
    operator: 'A callback address works once. Somebody reloaded it, or tries to replay it.',
  },

  // The session.
  ERR_AUTH_REQUESTED_WITH_MISSING: {
    name: 'AuthenticationError',
    status: 401,
    sentence: 'Invalid X-Requested-With header',
    operator:
      "Calls to refresh and logout carry 'X-Requested-With: XMLHttpRequest', so that other sites cannot make them.",
  },
  ERR_AUTH_SESSION_MISSING: {
    name: 'AuthenticationError',
    status: 401,
    sentence: 'Nobody is signed in here.',
    operator: 'Normal at the first visit: there is no session cookie.',
  },
  ERR_AUTH_SESSION_ENDED: {
    name: 'AuthenticationError',
    status: 401,
    sentence: 'The session has ended. Please sign in again.',
    operator: 'It expired, was signed out, or was ended by the provider or a resolver; the log tells which.',
  },
  ERR_AUTH_SESSION_NOT_RENEWABLE: {
    name: 'AuthenticationError',
    status: 401,
    sentence: 'The session has ended. Please sign in again.',
    operator:
      'The provider gave no refresh token at sign-in, so the session ended with its access token; the record of the sign-in, and the log, name the setting that changes it.',
  },
  ERR_AUTH_SCOPE_NOT_GRANTED: {
    name: 'AuthenticationError',
    status: 401,
    sentence: 'The session does not cover what was asked for. Please sign in again.',
    operator: 'The front end asks for more scopes than at sign-in; it opens a new sign-in by itself.',
  },
  ERR_AUTH_UNAVAILABLE: {
    name: 'ServiceUnavailableError',
    status: 503,
    sentence: 'Sign-in is not available right now. Please try again in a moment.',
    operator:
      'A part that sign-in needs (the database, the provider, the catalog) is away; the log names it.',
  },

  // The provider.
  ERR_PROVIDER_UNAVAILABLE: {
    name: 'ServiceUnavailableError',
    status: 503,
    sentence: 'The sign-in provider cannot be reached right now. Please try again in a moment.',
    operator: 'The provider did not answer in time, or failed (status 5xx or 429); the log names the call.',
  },
  ERR_PROVIDER_REFUSED: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'The sign-in provider refused the login.',
    operator:
      'The log names the OAuth error: access_denied means the person said no; invalid_client that the client secret is wrong.',
  },
  ERR_PROVIDER_ANSWER_INVALID: {
    name: 'AuthenticationError',
    status: 401,
    sentence: "The sign-in provider's answer could not be verified.",
    operator:
      'A check of what the provider gave failed. The error names it, with what was expected, what came, and the key of the config that changes it.',
  },
  ERR_PROVIDER_ANSWER_UNREADABLE: {
    name: 'Error',
    status: 500,
    sentence:
      'The sign-in provider gave an answer that this portal cannot read. Ask whoever runs this portal.',
    operator:
      'An answer of the provider is not what the specification says: a page, a text, a redirect, an encrypted document. The error names the call; correct the address, or what the provider is set to give.',
  },

  // The person.
  ERR_EMAIL_NOT_VERIFIED: {
    name: 'NotAllowedError',
    status: 403,
    sentence:
      'Your e-mail address is not verified at the sign-in provider. Verify it there, then sign in again.',
    operator:
      'The provider does not say email_verified: true beside the address; the error tells what it says instead. An unverified address identifies nobody.',
  },
  ERR_PROFILE_EMAIL_INVALID: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'The sign-in provider gave an e-mail address that this portal cannot use.',
    operator:
      'The address is malformed: it needs one @, no spaces, quotes or commas, and at most 254 octets.',
  },
  ERR_PROFILE_NO_EMAIL: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Login failed, user profile does not contain an email',
    operator: "Ask for the provider's e-mail scope, or use a resolver that does not need an e-mail address.",
  },
  ERR_PROFILE_INVALID: {
    name: 'Error',
    status: 500,
    sentence: 'The sign-in could not be completed. Ask whoever runs this portal.',
    operator:
      'The provider or a profile transform gave a profile that is none: email must be an address, displayName a text, picture an http or https URL.',
  },
  ERR_PROFILE_DENIED: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'You may not sign in to this portal.',
    operator: 'A profile transform refused the login; its reason is in the log.',
  },
  ERR_GATE_DOMAIN: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Sign-in user email is not from an allowed domain',
    operator:
      "The domain is listed neither in the gate ('allow.domains') nor in the resolver's 'allowedDomains'.",
  },
  ERR_GATE_USER: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Your account is not among those that may sign in here.',
    operator: "The account is not listed in the gate 'allow.users'.",
  },
  ERR_GATE_GROUP: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Your account is in none of the groups that may sign in here.',
    operator: "None of the login's groups is listed in the gate 'allow.groups'.",
  },
  ERR_GATE_HOSTED_DOMAIN: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Your account does not belong to the organization that may sign in here.',
    operator:
      "Google's hosted domain ('hd') of the account is missing or not listed in the gate 'allow.hostedDomains'.",
  },
  ERR_GATE_GITHUB_ORGANIZATION: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Your account is in none of the GitHub organizations that may sign in here.',
    operator:
      "None of the account's organizations is listed in the gate 'allow.githubOrganizations'. An organization with third-party restrictions must approve the OAuth app first.",
  },
  ERR_GATE_GITHUB_TEAM: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Your account is in none of the GitHub teams that may sign in here.',
    operator:
      "None of the account's teams is listed in the gate 'allow.githubTeams'. An organization with third-party restrictions must approve the OAuth app first.",
  },
  ERR_GUEST_NOT_ALLOWED: {
    name: 'NotAllowedError',
    status: 403,
    sentence:
      "The guest provider cannot be used outside of a development environment unless 'auth.providers.guest.dangerouslyAllowOutsideDevelopment' is enabled",
    operator:
      'Set NODE_ENV=development on a machine of your own; never enable the flag on a portal that others reach.',
  },

  // The resolvers and the catalog.
  ERR_USER_NOT_FOUND: {
    name: 'NotFoundError',
    status: 404,
    sentence: 'Your login does not belong to a user of this portal. Ask whoever runs it to add you.',
    operator: 'No User entity in the catalog matches; the log names the query.',
  },
  ERR_RESOLVER_NO_MATCH: {
    name: 'NotAllowedError',
    status: 403,
    sentence:
      'You signed in at the provider, but your account there does not belong to a user of this portal. Ask whoever runs it to add you.',
    operator:
      'No resolver found a user. Add a User entity to the catalog that matches what one of them asked for, or name another resolver under signIn.resolvers.',
  },
  ERR_EPHEMERAL_NAME_TAKEN: {
    name: 'ConflictError',
    status: 409,
    sentence: 'You may not sign in to this portal.',
    operator:
      "Nobody in the catalog matched, and the reference that 'auth.signIn.onMissing: ephemeral', or the fallback of a resolver, would give belongs to an entity in the catalog. Choose a namespace of its own under 'auth.signIn.ephemeral.namespace'.",
  },
  ERR_AMBIGUOUS_MATCH: {
    name: 'ConflictError',
    status: 409,
    sentence:
      'Your login could belong to several users of this portal. Ask whoever runs it to tell them apart.',
    operator: 'Several User entities match the query in the log; give each person one.',
  },
  ERR_RESOLVER_DENIED: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'You may not sign in to this portal.',
    operator: 'A resolver refused the login, or threw an error to refuse it; its reason is in the log.',
  },
  ERR_RESOLVER_FAILED: {
    name: 'Error',
    status: 500,
    sentence: 'The sign-in could not be completed. Ask whoever runs this portal.',
    operator:
      'A resolver or a profile transform broke, or something that it calls was away; the error is in the log.',
  },
  ERR_RESOLVER_TIMEOUT: {
    name: 'ServiceUnavailableError',
    status: 503,
    sentence: 'The sign-in took too long. Please try again in a moment.',
    operator: 'A resolver, or other code of a module, did not answer within 15 seconds; the log names it.',
  },
  ERR_RESOLVER_RESULT_INVALID: {
    name: 'Error',
    status: 500,
    sentence: 'The sign-in could not be completed. Ask whoever runs this portal.',
    operator:
      'A resolver must return what ctx.issueToken or ctx.signInWithCatalogUser gave it, ctx.pass() or ctx.deny().',
  },
  ERR_IDENTITY_REF_INVALID: {
    name: 'Error',
    status: 500,
    sentence: 'The sign-in could not be completed. Ask whoever runs this portal.',
    operator:
      'A resolver issued a token for something that is no full entity reference, such as user:default/jane.',
  },
  ERR_IDENTITY_REF_UNSAFE: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'Your account at the sign-in provider has a name that cannot be used here.',
    operator:
      'A resolver issued a token under a name that could be taken for another reference; the error says what it holds. Let the resolver use something that people cannot choose, such as an id.',
  },
  ERR_TOKEN_TOO_LARGE: {
    name: 'NotAllowedError',
    status: 403,
    sentence: 'You belong to more groups than fit into a token. Ask whoever runs this portal.',
    operator:
      'Leave auth.omitIdentityTokenOwnershipClaim at its default (true); the log names the number of groups.',
  },
  ERR_CATALOG_UNAVAILABLE: {
    name: 'ServiceUnavailableError',
    status: 503,
    sentence: 'The catalog of this portal cannot be reached right now. Please try again in a moment.',
    operator:
      'The catalog did not answer in time, failed, or is not where it is looked for; see fileCatalog.path, discovery.endpoints and the log.',
  },
  ERR_CATALOG_REFUSED: {
    name: 'Error',
    status: 500,
    sentence: 'The sign-in could not be completed. Ask whoever runs this portal.',
    operator:
      'The catalog refused our service token; it must reach /api/auth/.backstage/auth/v1/jwks.json of this backend.',
  },
  ERR_CATALOG_ANSWER_INVALID: {
    name: 'Error',
    status: 500,
    sentence: 'The sign-in could not be completed. Ask whoever runs this portal.',
    operator:
      'The catalog answered with an entity that does not match the query; it may not be used. The log names both.',
  },
  ERR_CATALOG_QUERY_UNSAFE: {
    name: 'InputError',
    status: 400,
    sentence: 'Your account at the sign-in provider has a value that this portal cannot look up.',
    operator:
      'The value is no text, or contains characters that would change the meaning of a catalog query.',
  },
} satisfies Record<`ERR_${string}`, SignInCode>);

/** A code of the closed list. @public */
export type SignInCodeName = keyof typeof signInCodes;

/** Whether a string is a code of the closed list. @public */
export function isSignInCode(code: unknown): code is SignInCodeName {
  return typeof code === 'string' && Object.hasOwn(signInCodes, code);
}

/** Keeps the names alone: what the list says of each may be worded anew in any version. */
function closedList<TCodes>(codes: { readonly [TName in keyof TCodes]: SignInCode }): {
  readonly [TName in keyof TCodes]: SignInCode;
} {
  return codes;
}
